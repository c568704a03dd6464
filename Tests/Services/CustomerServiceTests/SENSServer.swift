import Foundation
import HTTPServer
import ServiceTestSupport
import Synchronization

/// A SENS of the test's on a free port: takes requests that are signed as its documentation says, and answers as told.
final class SENSServer: Sendable {
    typealias Answer = @Sendable (_ channel: String, HTTPRequest) async -> HTTPResponse

    static let alimtalkPath = "/alimtalk/v2/services/ncp:kkobizmsg:kr:1:food/messages"
    static let smsPath = "/sms/v2/services/ncp:sms:kr:1:food/messages"
    /// Made with Python: HMAC-SHA256 of "POST <path>\n1795255200000\naccess" with the key "secret", in Base64.
    static let signatures = [
        alimtalkPath: "jIZOBf+C5IFGrVZOAdoIH+/8Yy+9ealXGeH8TkoW07A=",
        smsPath: "FyyW1iaFkK5jvXMEXmz7iEwl7xxRcbanxf0Gw/itDgs=",
    ]
    /// Milliseconds: when the signatures are of.
    static let time = 1_795_255_200_000

    private let server: HTTPServer
    private let seen: Seen

    init(answer: @escaping Answer) throws {
        let seen = Seen()
        var router = Router()
        for (channel, path) in [("alimtalk", Self.alimtalkPath), ("sms", Self.smsPath)] {
            router.post(path) { request in
                seen.requests.withLock { $0.append(request) }
                return await answer(channel, request)
            }
        }
        server = try HTTPServer(ServerConfiguration(port: 0), router: router)
        self.seen = seen
    }

    convenience init(status: Int, body: String = "") throws { try self.init { _, _ in Self.answer(status, body) } }

    static func answer(_ status: Int, _ body: String = "") -> HTTPResponse {
        HTTPResponse(status: status, headers: [("Content-Type", "application/json")], body: Data(body.utf8))
    }

    static let accepted =
        #"{"requestId":"r","statusCode":"202","statusName":"success","messages":[{"requestStatusCode":"A000","requestStatusName":"success"}]}"#
    static let notAccepted =
        #"{"requestId":"r","statusCode":"202","messages":[{"requestStatusCode":"E107","requestStatusName":"fail"}]}"#

    var url: String { "http://127.0.0.1:\(server.port)" }
    /// What it was sent, in order.
    var received: [HTTPRequest] { seen.requests.withLock { $0 } }
    var paths: [String] { received.map(\.path) }

    /// What a customer service needs to know to use it.
    var environment: [String: String] {
        [
            "NOTIFIER": "sens", "SENS_URL": url, "SENS_ACCESS_KEY": "access", "SENS_SECRET_KEY": "secret",
            "SENS_ALIMTALK_SERVICE_ID": "ncp:kkobizmsg:kr:1:food", "SENS_PLUS_FRIEND_ID": "@food",
            "SENS_SMS_SERVICE_ID": "ncp:sms:kr:1:food", "SENS_SMS_FROM": "02-1234-5678",
        ]
    }

    func stop() async { await server.stop(within: .zero) }

    private final class Seen: Sendable { let requests = Mutex<[HTTPRequest]>([]) }
}
