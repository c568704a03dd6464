import Checkout
import Foundation
import HTTPClient
import Testing

/// One run: people and faults at the same time, then quiet, then the comparison.
struct ChaosRun: Sendable {
    /// More than any length of the test can sell.
    private static let stock = 500_000_000
    /// As many as the embedded broker can hold the events of (docs/kafka.md): it has to, when it was emptied.
    private static let orders = 50_000.0
    private static let customers = 32
    private static let owners = 8
    private static let riders = 8
    private static let reviewers = 2
    static let seconds = Repository.count("CHAOS_SECONDS", default: 20)

    let system: FoodSystem
    let victims: [any Victim]
    let seed: UInt64
    private let promises = Promises()

    init(_ system: FoodSystem, besides others: [any Victim]) {
        (self.system, victims) = (system, SystemProgram.services(of: system) + others)
        seed = Repository.environment["CHAOS_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...999_999)
    }

    func run() async throws {
        say("chaos: CHAOS_SEED=\(seed) CHAOS_SECONDS=\(Self.seconds)")
        for dish in 1...FoodSystem.demoDishes {
            let answer = try await system.send(.patch, .store, "menuItems/\(dish)", #"{"stock":\#(Self.stock)}"#)
            #expect(answer.status == 200)
        }
        let riders = Riders(system: system, promises: promises)
        try await riders.enter()
        let faults = Faults(seed: seed)
        let pace = min(300, Self.orders / Double(Self.seconds))
        let customers = ImpatientCustomers(system: system, promises: promises, pace: pace)
            .come(Self.customers, seed: seed)
        let others = [
            Owners(system: system, promises: promises).come(Self.owners, seed: seed),
            riders.come(Self.riders, seed: seed),
            Reviewers(system: system, promises: promises).come(Self.reviewers, seed: seed),
        ]
        await faults.run(on: victims, for: .seconds(Self.seconds))
        await customers.dismiss()
        for crowd in others { await crowd.dismiss() }
        try Data(faults.timeline.joined(separator: "\n").utf8).write(to: system.folder.appending(path: "faults.log"))
        await becomeQuiet()
        var differences = [faults.differences, promises.told.differences]
        do {
            differences.append(try await metrics())
            let comparison = Comparison(try await Snapshot(of: system), told: promises.told, entered: Self.stock)
            differences.append(comparison.differences)
            try await Books(system: system).checkLedgers()
        } catch { Issue.record(error) }
        report(faults, differences)
    }

    // MARK: - Quiet

    private func becomeQuiet() async {
        let limit = Duration.seconds(max(120, Self.seconds / 2))
        for service in FoodSystem.Service.all { await system.ready(service) }
        let books = Books(system: system)
        await books.settle(within: limit)
        await eventually("every order has been answered, or its deadline has", within: limit) {
            try await books.numbers(.store, "SELECT count(*) FROM deadlines WHERE name = 'store.answer'") == [0]
        }
        await books.publish(within: limit)
        await eventually("every search for a rider has found one, or its deadline has", within: limit) {
            let open = "SELECT count(*) FROM deliveries WHERE status IN ('riderWait', 'riderSearch', 'riderOffer')"
            return try await books.numbers(.delivery, open) == [0]
        }
        await LastOrders(system: system, promises: promises, limit: limit).goTheirWay()
        for service in FoodSystem.Service.all {
            await eventually("no event of \(service) waits for an earlier one", within: limit) {
                try await system.metric(service, "early_events") == 0
            }
        }
    }

    // MARK: - The operator's view

    /// What would call somebody at night.
    private func metrics() async throws -> Differences {
        var differences = Differences()
        for service in FoodSystem.Service.all {
            for name in ["dlq_records_total", "outbox_parked", "outbox_pending", "early_events"] {
                let value = try await system.metric(service, name)
                differences.require(value == 0, "\(name) is not 0", "\(service): \(value)")
            }
            // The counter begins at 0 with each process.
            let letters = try await Books(system: system).numbers(
                service, "SELECT count(*) FROM outbox WHERE type = 'DeadLetter'")
            differences.require(letters == [0], "there are dead letters", "\(service): \(letters)")
        }
        return differences
    }

    /// At once, so that the seed is known when the run is cut off.
    private func say(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }

    private func report(_ faults: Faults, _ differences: [Differences]) {
        let told = promises.told
        let count = differences.reduce(0) { $0 + $1.count }
        say(
            """
            chaos: \(faults.timeline.count) faults, \(told.placed.count) orders acknowledged, \
            \(told.commands.values.reduce(0) { $0 + $1.count }) commands of owners, \
            \(told.rides.values.reduce(0) { $0 + $1.count }) of riders, \(told.reviews.count) reviews, \(count) differences; answers: \
            \(told.answers.sorted { $0.key < $1.key }.map { "\($0.value) x \($0.key)" }.joined(separator: ", "))
            """)
        #expect(
            count == 0,
            "CHAOS_SEED=\(seed), CHAOS_SECONDS=\(Self.seconds):\n\(differences.map(\.report).joined())")
    }
}
