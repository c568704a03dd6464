import Contracts
import Events
import Messaging
import Persistence
import ServiceTestSupport
import Testing

@testable import CustomerService

/// Publishers are independent: their events may come in any order and any number of times, and the end is the same.
@Suite("Events in any order, any number of times", .timeLimit(.minutes(5)))
struct AnyOrderTests {
    enum Story: CaseIterable, Sendable {
        case finished, reviewed, released, delayed, deferred, expired, rejected, canceled, cancelRefused,
            refusedThenFailed, expiredButPaid

        /// The true order.
        var events: [any Event] {
            switch self {
            case .finished:
                [News.paid, News.cooked, News.assigned, News.picked, News.delivered, News.finished]
            case .reviewed: [News.paid, News.cooked, News.picked, News.delivered, News.reviewed]
            case .released: [News.paid, News.accepted, News.assigned, News.started, News.released, News.cooked]
            case .delayed: [News.paid, News.accepted, News.delayed, News.started]
            case .deferred: [News.deferred, News.paid, News.accepted, News.started]
            case .expired: [News.deferred, News.expired]
            case .expiredButPaid: [News.deferred, News.expired, News.paid, News.cooked, News.picked, News.delivered]
            case .rejected: [News.paid, News.rejected, News.refunded]
            case .canceled: [News.paid, News.accepted, News.asked, News.canceled, News.refunded]
            case .cancelRefused: [News.paid, News.accepted, News.started, News.asked, News.refused]
            case .refusedThenFailed: [News.paid, News.cooked, News.refused, News.canceled, News.refunded]
            }
        }
    }

    /// What the customer can see and do.
    private func end(_ harness: CustomerHarness) async throws -> [JSON?] {
        let page = try await harness.page()
        let customer = try await harness.get("/customers/search/findByCustId?custId=hkh9405")
        let meal = try await harness.database.read { try Meals.all.find("a123", in: $0)?.status.rawValue ?? "" }
        let told = try await harness.published().map(\.type)
        let waiting = try await harness.waiting()
        let shown: [JSON?] = ["status", "cmpltTime", "reason", "riderId", "custAddr"].map { page[$0] }
        let earned: [JSON?] = ["points", "deliveredOrders"].map { customer[$0] }
        let words: [String] = page.links.sorted() + [meal, "\(waiting)"] + told
        return shown + earned + words.map { JSON.text($0) }
    }

    @Test(
        "A story in any order, with repetitions and crashes, ends as the true order does",
        arguments: Story.allCases)
    func permuted(_ story: Story) async throws {
        let model = try await CustomerHarness()
        for event in story.events { try await model.tell(event) }
        let expected = try await end(model)
        #expect(expected.first != .some(nil))
        var generator = SplitMix(seed: 20_261_128)
        for order in permutations(story.events, &generator).shuffled(using: &generator).prefix(120) {
            var harness = try await CustomerHarness()
            let records = try order.map { try harness.record(of: $0) }
            harness = try await harness.deliverRoughly(records, &generator) {
                try await CustomerHarness(clock: $0.clock, database: $0.database)
            }
            #expect(try await end(harness) == expected, "\(order.map { type(of: $0).type })")
        }
    }
}
