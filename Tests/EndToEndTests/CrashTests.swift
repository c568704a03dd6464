import Checkout
import Foundation
import HTTPClient
import Testing

extension EndToEndTests {
    /// SIGKILL at the worst moments, while customers order and review, owners cook and riders bring. `CHAOS_COUNT` kills at
    /// each place (`make chaos COUNT=20`).
    @Suite(.serialized) struct CrashTests {
        static let places: [(FoodSystem.Service, String)] = [.payment, .store, .order, .delivery].flatMap { service in
            ["outbox.afterCommit", "outbox.afterPublish", "inbox.beforeOffsetStore"].map { (service, $0) }
        }

        /// Waits that a test can sit out. A rider is looked for at once.
        private static let rules = [
            "RIDER_LEAD_SECONDS": "86400", "OFFER_SECONDS": "1", "RIDER_RETRY_SECONDS": "1",
            "RIDER_SEARCH_SECONDS": "5",
        ]

        /// More than any length of the test can sell.
        private static let stock = 100_000_000

        @Test("A service that is killed loses and doubles nothing", arguments: places)
        func kill(service: FoodSystem.Service, place: String) async throws {
            let system = try await FoodSystem.start(environment: Self.rules)
            for dish in 1...FoodSystem.demoDishes {
                _ = try await system.send(.patch, .store, "menuItems/\(dish)", #"{"stock":\#(Self.stock)}"#)
            }
            let customers = Customers(system)
            customers.start()
            let promises = Promises()
            let riders = Riders(system: system, promises: promises)
            try await riders.enter()
            let seed = UInt64.random(in: 1...999_999)
            let others = [
                Owners(system: system, promises: promises).come(2, seed: seed), riders.come(4, seed: seed),
                Reviewers(system: system, promises: promises).come(1, seed: seed),
            ]
            for round in 1...Repository.count("CHAOS_COUNT", default: 1) {
                await system.stop(service, SIGTERM)
                let visit = Int.random(in: 1...20)
                try await system.launch(service, ["FAULT_POINT": "\(place):\(visit)", "FAULT_INJECTION": "true"])
                let status = await system.program(service)?.status(within: .seconds(60))
                #expect(status == -SIGKILL, "round \(round): \(service) was not killed at \(place):\(visit)")
                if status != -SIGKILL { await system.stop(service, SIGKILL) }
                try await system.start(service)
            }
            let before = customers.acknowledged.count
            await eventually("orders are taken again") { customers.acknowledged.count > before + 20 }
            await customers.stop()
            for crowd in others { await crowd.dismiss() }
            let books = Books(system: system)
            await books.settle()
            try await books.check(acknowledged: customers.acknowledged)
            await eventually("every search for a rider has found one, or its deadline has") {
                let open = "SELECT count(*) FROM deliveries WHERE status IN ('riderWait', 'riderSearch', 'riderOffer')"
                return try await books.numbers(.delivery, open) == [0]
            }
            await eventually("customers, owners, riders and the bookkeeper see the same") {
                let snapshot = try await Snapshot(of: system)
                try promises.told.differences.requireNone()
                try Comparison(snapshot, told: promises.told, entered: Self.stock).differences.requireNone()
                return true
            }
            await system.stop()
        }
    }
}
