import Contracts
import Foundation
import HTTPClient
import HTTPServer
import ServiceKit
import ServiceTestSupport
import Testing
import Time

@testable import CustomerService

@Suite("Alimtalk and SMS over SENS", .timeLimit(.minutes(5)))
struct SENSTests {
    private func notifiers(
        _ server: SENSServer, timeout: Duration = .seconds(20)
    ) throws -> (alimtalk: any Notifier, sms: any Notifier, client: HTTPClient) {
        var configuration = HTTPClient.Configuration()
        configuration.timeout = timeout
        let client = try HTTPClient(configuration)
        let sens = SENS(url: server.url, accessKey: "access", secretKey: "secret", client: client) {
            Timestamp(milliseconds: SENSServer.time)
        }
        return (
            AlimtalkNotifier(sens: sens, serviceId: "ncp:kkobizmsg:kr:1:food", plusFriendId: "@food"),
            SMSNotifier(sens: sens, serviceId: "ncp:sms:kr:1:food", from: "02-1234-5678"), client
        )
    }

    private func message(tel: String = "010-1234-5678", text: String = "주문(a123)이 접수되었습니다.") -> Message {
        let now = Timestamp(milliseconds: SENSServer.time)
        return Message(
            of: "e1", by: .alimtalk, .orderPlaced, orderId: "a123", to: .customer, custId: "c", tel: tel, text: text,
            happenedAt: now, now: now)
    }

    @Test("An alimtalk names channel and template, and is signed")
    func alimtalk() async throws {
        let server = try SENSServer(status: 202, body: SENSServer.accepted)
        let (alimtalk, _, client) = try notifiers(server)
        #expect(await alimtalk.send(message()) == .sent)
        let request = try #require(server.received.first)
        #expect(request.method == "POST")
        #expect(request.path == SENSServer.alimtalkPath)
        try check(request)
        let body = try JSON.parse(request.body)
        #expect(body["plusFriendId"] == "@food")
        #expect(body["templateCode"] == "OrderPlaced")
        #expect(body["messages"]?.list.count == 1)
        #expect(
            body["messages"]?[0]
                == .object(["countryCode": "82", "to": "01012345678", "content": "주문(a123)이 접수되었습니다."]))
        client.close()
        await server.stop()
    }

    @Test("An SMS says from whom it is, and is a long one above 80 bytes of EUC-KR", arguments: [80, 81])
    func sms(bytes: Int) async throws {
        let server = try SENSServer(status: 202)
        let (_, sms, client) = try notifiers(server)
        let text = String(repeating: "가", count: bytes / 2) + String(repeating: "a", count: bytes % 2)
        #expect(await sms.send(message(text: text)) == .sent)
        let request = try #require(server.received.first)
        #expect(request.path == SENSServer.smsPath)
        try check(request)
        let body = try JSON.parse(request.body)
        #expect(body["type"]?.text == (bytes == 80 ? "SMS" : "LMS"))
        #expect(body["contentType"] == "COMM")
        #expect(body["from"] == "0212345678")
        #expect(body["content"]?.text == text)
        #expect(body["messages"]?[0]?["to"] == "01012345678")
        client.close()
        await server.stop()
    }

    private func check(_ request: HTTPRequest) throws {
        #expect(request.headers["Content-Type"] == "application/json; charset=utf-8")
        #expect(request.headers["x-ncp-apigw-timestamp"] == "\(SENSServer.time)")
        #expect(request.headers["x-ncp-iam-access-key"] == "access")
        #expect(request.headers["x-ncp-apigw-signature-v2"] == SENSServer.signatures[request.path])
    }

    static let statuses: [(status: Int, isFinal: Bool?)] = [
        (202, nil), (400, true), (404, true), (409, true), (413, true), (401, false), (403, false), (408, false),
        (429, false), (500, false), (502, false), (503, false), (504, false), (200, false), (302, false),
    ]

    @Test("What the answer says is what becomes of the message", arguments: statuses)
    func answers(_ status: Int, _ isFinal: Bool?) async throws {
        let server = try SENSServer(status: status)
        let (alimtalk, sms, client) = try notifiers(server)
        for notifier in [alimtalk, sms] {
            let delivery = await notifier.send(message())
            switch isFinal {
            case nil: #expect(delivery == .sent)
            case true?: #expect(delivery == .refused("SENS answered \(status)"))
            case false?: #expect(delivery == .failed("SENS answered \(status)"))
            }
        }
        client.close()
        await server.stop()
    }

    @Test(
        "An alimtalk may be refused in a request that is accepted",
        arguments: [
            (SENSServer.accepted, .sent), (SENSServer.notAccepted, .refused("alimtalk answered E107")), ("", .sent),
            ("<html>", .sent), ("{}", .sent), (#"{"messages":[]}"#, .sent), ("null", .sent),
            (#"{"messages":[{"requestStatusName":"fail"}]}"#, .refused("alimtalk answered fail")),
        ] as [(String, Outcome)])
    func accepted(_ body: String, _ expected: Outcome) async throws {
        let server = try SENSServer(status: 202, body: body)
        let (alimtalk, _, client) = try notifiers(server)
        #expect(await alimtalk.send(message()) == expected)
        client.close()
        await server.stop()
    }

    @Test("Nobody is asked about a number that cannot be dialled", arguments: ["", "-", "119", "nobody"])
    func noNumber(_ tel: String) async throws {
        let server = try SENSServer(status: 202)
        let (alimtalk, sms, client) = try notifiers(server)
        for notifier in [alimtalk, sms] {
            #expect(await notifier.send(message(tel: tel)) == .refused("there is no telephone number"))
        }
        #expect(server.received.isEmpty)
        client.close()
        await server.stop()
    }

    @Test("Where nobody listens, or nobody answers in time, the message may go out later", arguments: [true, false])
    func noAnswer(isListening: Bool) async throws {
        let gate = Gate()
        let server = try SENSServer { _, _ in
            await gate.pass()
            return SENSServer.answer(202)
        }
        if !isListening { await server.stop() }
        let (alimtalk, _, client) = try notifiers(server, timeout: .milliseconds(500))
        let delivery = await alimtalk.send(message())
        guard case .failed = delivery else {
            Issue.record("\(delivery)")
            return
        }
        await gate.open()
        client.close()
        await server.stop()
    }

    // MARK: The service

    @Test("Refused by alimtalk, a message goes out by SMS; every other one by alimtalk only, and each once")
    func fallback() async throws {
        let server = try SENSServer { channel, request in
            let isRefused = String(decoding: request.body, as: UTF8.self).contains("CookStarted")
            return SENSServer.answer(channel == "alimtalk" && isRefused ? 400 : 202, SENSServer.accepted)
        }
        let harness = try await ServiceHarness<CustomerService>(server.environment)
        try await harness.deliver(OrderPlaced(orderDetails))
        try await harness.deliver(CookStarted(orderId: "a123"))
        try await harness.sendAll()
        #expect(server.paths == [SENSServer.alimtalkPath, SENSServer.alimtalkPath, SENSServer.smsPath])
        let messages = try await harness.messages()
        #expect(messages.compactMap { $0["channel"]?.text } == ["alimtalk", "alimtalk", "sms"])
        #expect(messages.compactMap { $0["status"]?.text } == ["sent", "failed", "sent"])
        #expect(messages.compactMap { $0["reason"]?.text } == ["SENS answered 400"])
        harness.service.close()
        await server.stop()
    }

    @Test("While SENS cannot answer, a message is tried again, and goes out once")
    func outage() async throws {
        let tries = Lines()
        let server = try SENSServer { _, _ in
            tries.append("")
            return SENSServer.answer(tries.all.count < 4 ? 503 : 202)
        }
        let harness = try await ServiceHarness<CustomerService>(server.environment)
        try await harness.deliver(OrderPlaced(orderDetails))
        try await harness.service.sender.sendDue()
        #expect(try await harness.statuses() == ["retrying"])
        try await harness.sendAll()
        #expect(server.received.count == 4)
        #expect(try await harness.statuses() == ["sent"])
        #expect(try await harness.messages().first?["attempts"] == 4)
        harness.service.close()
        await server.stop()
    }

    @Test(
        "Without a key the service does not start, and says which one is missing",
        arguments: [
            "SENS_ACCESS_KEY", "SENS_SECRET_KEY", "SENS_ALIMTALK_SERVICE_ID", "SENS_PLUS_FRIEND_ID",
            "SENS_SMS_SERVICE_ID", "SENS_SMS_FROM",
        ])
    func missing(_ name: String) async throws {
        let server = try SENSServer(status: 202)
        var environment = server.environment
        environment[name] = nil
        let error = await #expect(throws: ServiceEnvironment.Invalid.self) {
            _ = try await ServiceHarness<CustomerService>(environment)
        }
        #expect(error?.description == "\(name) is '' but must be set")
        await server.stop()
    }
}
