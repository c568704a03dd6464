import Contracts
import ServiceTestSupport
import Synchronization
import Testing
import Time

@testable import PaymentService

@Suite("The switch of the embedded provider")
struct ProviderSwitchTests {
    private static let normal: JSON = .object(["mode": "normal", "delayMs": 2_000, "failPercent": 50])

    @Test("It shows how the provider behaves, and changes what it is told to")
    func change() async throws {
        let harness = try await PaymentHarness()
        #expect(try await harness.get("/admin/provider").json == Self.normal)
        let slow = try await harness.put("/admin/provider", #"{"mode":"slow","delayMs":"1500"}"#)
        #expect(slow.status == 200)
        #expect(slow.json == .object(["mode": "slow", "delayMs": 1_500, "failPercent": 50]))
        #expect(try await harness.get("/admin/provider").json == slow.json)
        let slower = try await harness.put("/admin/provider", #"{"delayMs":1600}"#)
        #expect(slower.json == .object(["mode": "slow", "delayMs": 1_600, "failPercent": 50]))
        _ = try await harness.put("/admin/provider", #"{"mode":"normal","delayMs":1500}"#)
        #expect(try await harness.get("/admin/provider")["delayMs"] == 1_500)
    }

    @Test("The settings say how it behaves at first")
    func settings() async throws {
        let harness = try await PaymentHarness([
            "PROVIDER_MODE": "failing", "PROVIDER_DELAY_MS": "10", "PROVIDER_FAIL_PERCENT": "100",
        ])
        let expected: JSON = .object(["mode": "failing", "delayMs": 10, "failPercent": 100])
        #expect(try await harness.get("/admin/provider").json == expected)
        #expect(try await harness.post("/pays", payBody()).status == 503)
    }

    static let wrong: [(body: String, status: Int, fields: [String])] = [
        ("{}", 422, ["mode"]), (#"{"mode":"fast"}"#, 422, ["mode"]), (#"{"mode":null}"#, 422, ["mode"]),
        (#"{"mode":5}"#, 422, ["mode"]), (#"{"mode":"slow","delayMs":0}"#, 422, ["delayMs"]),
        (#"{"mode":"slow","delayMs":10001}"#, 422, ["delayMs"]), (#"{"mode":"slow","delayMs":"x"}"#, 422, ["delayMs"]),
        (#"{"mode":"slow","delayMs":-9223372036854775808}"#, 422, ["delayMs"]),
        (#"{"mode":"slow","delayMs":1e300}"#, 422, ["delayMs"]),
        (#"{"mode":"failing","failPercent":101}"#, 422, ["failPercent"]),
        (#"{"mode":"failing","failPercent":0}"#, 422, ["failPercent"]),
        (#"{"mode":"x","delayMs":0,"failPercent":0}"#, 422, ["mode", "delayMs", "failPercent"]),
        ("[]", 422, ["$"]), ("{", 400, []), ("", 400, []),
    ]

    @Test("What it does not understand changes nothing", arguments: wrong)
    func refused(_ body: String, _ status: Int, _ fields: [String]) async throws {
        let harness = try await PaymentHarness()
        let answer = try await harness.put("/admin/provider", body)
        #expect(answer.status == status)
        #expect(answer.wrongFields == fields)
        #expect(try await harness.get("/admin/provider").json == Self.normal)
    }

    @Test("It is not in the directory")
    func hidden() async throws {
        let harness = try await PaymentHarness()
        #expect(try await harness.get("/").links.filter { $0.contains("admin") || $0.contains("provider") } == [])
    }

    @Test(
        "Slow takes as long as it was told, down longer than anybody waits, normal no time",
        arguments: [
            (EmbeddedProvider.Mode.slow, 201, [1_234]), (.down, 503, [5_000]), (.normal, 201, []),
        ])
    func modes(_ mode: EmbeddedProvider.Mode, _ status: Int, _ slept: [Int]) async throws {
        let sleeps = Mutex<[Int]>([])
        let behaviour = EmbeddedProvider.Behaviour(mode: mode, delay: .milliseconds(1_234))
        let provider = EmbeddedProvider(limit: 20_000, behaviour) { time in
            sleeps.withLock { $0.append(time.milliseconds) }
        }
        let harness = try await PaymentHarness.with(provider)
        #expect(try await harness.post("/pays", payBody()).status == status)
        #expect(sleeps.withLock { $0 } == slept)
        #expect(try await harness.ledger().count == (status == 201 ? 1 : 0))
        #expect(try await harness.status() == (status == 201 ? "approved" : "none"))
    }

    @Test("A charge that a slow provider kept beyond its time happens to nobody")
    func tooSlow() async throws {
        let clock = TestClock()
        let provider = EmbeddedProvider(limit: 20_000, .init(mode: .slow)) { clock.advance($0) }
        let harness = try await PaymentHarness.with(provider, clock: clock)
        let headers = [("Request-Expires", "2026-11-21T10:00:01.999Z")]
        #expect(try await harness.post("/pays", payBody(), headers: headers).status == 408)
        #expect(try await harness.status() == "none")
    }

    @Test(
        "Failing fails exactly its share, with 503, and nothing is stored of what failed", arguments: [1, 30, 50, 100])
    func share(_ percent: Int) async throws {
        let provider = EmbeddedProvider(limit: 20_000, .init(mode: .failing, failPercent: percent))
        let harness = try await PaymentHarness.with(provider)
        var failures = 0
        for number in 1...100 {
            let answer = try await harness.post("/pays", payBody("o\(number)"))
            if answer.status == 503 { failures += 1 }
            #expect(answer.status == 201 || answer.header("Retry-After") == "1")
        }
        #expect(failures == percent)
        #expect(try await harness.ledger().count == 100 - percent)
    }

    @Test("While it is down a refund waits, and goes through when it is up again")
    func refund() async throws {
        let provider = EmbeddedProvider(limit: 20_000, sleep: { _ in })
        let harness = try await PaymentHarness.with(provider)
        _ = try await harness.post("/pays", payBody())
        provider.behaviour.mode = .down
        try await harness.deliver(OrderRejected(orderId: "a123", reason: "재료 소진"))
        try await harness.settle(seconds: 10)
        #expect(try await harness.status() == "payCxlReq")
        #expect(try await harness.ledger() == ["charge 18000"])
        provider.behaviour.mode = .normal
        try await harness.settle()
        #expect(try await harness.status() == "payCxl")
        #expect(try await harness.ledger() == ["charge 18000", "refund 18000"])
    }
}
