import Contracts
import Events
import Messaging
import ServiceTestSupport
import Testing

@testable import DeliveryService

@Suite("Events at delivery in any order, any number of times", .timeLimit(.minutes(5)))
struct AnyOrderTests {
    private static let (started, finished) = (CookStarted(orderId: "a123"), CookFinished(orderId: "a123"))
    private static let delayed = CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T11:30:00Z", version: 3)
    private static let sooner = CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T10:50:00Z", version: 4)
    private static let canceled = OrderCanceled(orderId: "a123", reason: "변심")
    private static let rejected = OrderRejected(orderId: "a123", reason: "재료 소진")

    struct Story: Sendable {
        let events: [any Event]
        /// `nil` when there is no delivery.
        let status: String?
        var time = "2026-11-21T10:20:00Z"
        var kitchen = "orderAccept"
    }

    static let stories = [
        Story(events: [accepted()], status: "riderWait"),
        Story(events: [accepted(), started], status: "riderWait", kitchen: "cookStart"),
        Story(events: [accepted(), started, finished], status: "riderWait", kitchen: "cookCmplt"),
        Story(
            events: [accepted(), delayed, started, sooner, finished], status: "riderWait", time: sooner.cmpltTime,
            kitchen: "cookCmplt"),
        Story(events: [canceled], status: nil), Story(events: [rejected], status: nil),
    ]

    @Test("Every permutation of a story, with repetitions and crashes, ends the same", arguments: 0..<stories.count)
    func permuted(_ number: Int) async throws {
        let story = Self.stories[number]
        var generator = SplitMix(seed: 20_261_128)
        for order in permutations(story.events, &generator) {
            let harness = try await Self.play(order, &generator)
            let shown = try await harness.get("/deliveries/search/findByOrderId?orderId=a123")
            #expect(shown["status"]?.text == story.status ?? nil || shown.status == 404)
            #expect((shown.status == 404) == (story.status == nil))
            if story.status != nil {
                #expect(shown["cmpltTime"]?.text == story.time)
                #expect(shown["cookStatus"]?.text == story.kitchen)
            }
            #expect(try await harness.told() == [])
            #expect(try await harness.waiting() == 0)
        }
    }

    /// How far the kitchen was known to be does not count any more.
    static let ends: [[any Event]] = [
        [accepted(), canceled], [accepted(), delayed, canceled], [accepted(), started, finished, canceled],
        [accepted(), rejected],
    ]

    @Test("An order that is no more has no delivery, whatever came first", arguments: 0..<ends.count)
    func ended(_ number: Int) async throws {
        var generator = SplitMix(seed: 7)
        for order in permutations(Self.ends[number], &generator) {
            let harness = try await Self.play(order, &generator)
            let shown = try await harness.get("/deliveries/search/findByOrderId?orderId=a123")
            #expect(shown["status"] == "deliveryCxl")
            #expect(shown["custAddr"] == "불정로 10")
            try await harness.pass(seconds: 100_000)
            #expect(try await harness.told() == [])
            #expect(try await harness.waiting() == 0)
            #expect(try await harness.number("SELECT count(*) FROM deadlines") == 0)
        }
    }

    @Test(
        "That an order is no more is remembered for the retention time; after that nobody is asked to bring it either")
    func forgotten() async throws {
        let harness = try await DeliveryHarness.open(riders: 1)
        try await harness.deliver(Self.canceled)
        harness.clock.advance(seconds: 200_000)
        try await harness.deliver(OrderCanceled(orderId: "b", reason: "변심"))
        try await harness.purge(olderThan: .seconds(199_999))
        #expect(try await harness.number("SELECT count(*) FROM withdrawals") == 1)
        for order in ["a123", "b"] { try await harness.deliver(accepted(order)) }
        #expect(try await harness.status(1) == "deliveryFail")
        #expect(try await harness.status(2) == "deliveryCxl")
    }

    @Test("A whole ride ends as it did, whatever comes again of it", arguments: 0..<20)
    func ride(_ seed: Int) async throws {
        var generator = SplitMix(seed: UInt64(seed))
        let harness = try await DeliveryHarness.assigned()
        for command in ["pick", "deliver"] { _ = try await harness.command(command) }
        let before = try await harness.stored()
        let events: [any Event] = [accepted(), Self.started, Self.finished, Self.delayed, Self.canceled, Self.rejected]
        for event in events.shuffled(using: &generator) { try await harness.deliver([record(event, harness)]) }
        #expect(try await harness.stored() == before)
    }

    static let wrong: [any Event] = [
        accepted(ready: "soon, at the latest at once"), accepted(ready: ""), accepted(""),
        CookDelayed(orderId: "a123", cmpltTime: "2026-13-21T10:00:00Z", version: 3),
        CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T10:00:00Z", version: 0),
    ]

    @Test(
        "An event with a value that nobody may send is a dead letter, and changes nothing", arguments: 0..<wrong.count)
    func deadLetter(_ number: Int) async throws {
        let harness = try await DeliveryHarness.open(riders: 1)
        if number > 2 { try await harness.deliver(accepted()) }
        let before = try await harness.get("/deliveries").json
        let outcome = try await harness.deliver([record(Self.wrong[number], harness)])
        #expect(outcome.retry.isEmpty)
        #expect(try await harness.told() == ["DeadLetter"])
        #expect(try await harness.get("/deliveries").json == before)
    }

    private static func play(_ order: [any Event], _ generator: inout SplitMix) async throws -> DeliveryHarness {
        let harness = try await DeliveryHarness.open(riders: 1)
        let records = try order.map { try record($0, harness) }
        return try await harness.deliverRoughly(records, &generator) { harness in
            try await .open(clock: harness.clock, database: harness.database)
        }
    }

    private static func record(_ event: some Event, _ harness: DeliveryHarness) throws -> EventRecord {
        try harness.record(event)
    }
    private func record(_ event: any Event, _ harness: DeliveryHarness) throws -> EventRecord {
        try Self.record(event, harness)
    }
}
