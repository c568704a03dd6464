import Checkout
import Foundation
import HTTPClient
import Testing

extension EndToEndTests {
    /// Several instances of each service on one PostgreSQL. `OUTAGE_SECONDS` makes the outages longer.
    @Suite(
        .serialized, .enabled(if: OwnPostgreSQL.isThereOrRequired, "PostgreSQL is not installed"),
        .timeLimit(.minutes(10)))
    struct ReplicaTests {
        private func withSystem(_ body: (FoodSystem, OwnPostgreSQL) async throws -> Void) async throws {
            let postgreSQL = try OwnPostgreSQL()
            do {
                try await postgreSQL.start()
                let system = try await FoodSystem.start(on: Setup(replicas: 2), postgreSQL: postgreSQL.url)
                do { try await body(system, postgreSQL) } catch { Issue.record(error) }
                await system.stop()
            } catch { Issue.record(error) }
            await postgreSQL.stop()
        }

        @Test(
            "While PostgreSQL is down requests are answered 503; ten seconds after it is back they are not, and all agrees"
        )
        func databaseDown() async throws {
            try await withSystem { system, postgreSQL in
                let customers = Customers(system)
                customers.start()
                await eventually("orders are placed") { customers.acknowledged.count > 20 }
                try await postgreSQL.shutDown()
                let answer = try await system.order("while-it-is-down")
                #expect(answer.status == 503)
                #expect(answer.headers["Content-Type"] == "application/problem+json")
                #expect(answer.headers["Retry-After"] != nil)
                for service in FoodSystem.Service.all {
                    #expect(try await system.get(service, "actuator/health/readiness").status == 503)
                    #expect(try await system.get(service, "actuator/health/liveness").status == 200)
                }
                await pause(for: OutageTests.outage)
                try await postgreSQL.start()
                let (back, before) = (ContinuousClock.now, customers.acknowledged.count)
                await eventually("orders are placed again", within: .seconds(10)) {
                    customers.acknowledged.count > before + 20
                }
                for service in FoodSystem.Service.all { await system.ready(service) }
                print("PostgreSQL was away for \(OutageTests.outage); orders again after \(ContinuousClock.now - back)")
                await customers.stop()
                #expect(Set(customers.refused.keys).isSubset(of: [202, 409, 503]), "\(customers.refused)")
                let books = Books(system: system)
                await books.settle()
                try await books.check(acknowledged: customers.acknowledged)
            }
        }

        @Test("Sessions that are cut again and again, also at a commit, lose and double nothing")
        func sessionsCut() async throws {
            try await withSystem { system, postgreSQL in
                let customers = Customers(system)
                customers.start()
                let end = ContinuousClock.now + OutageTests.outage * 3
                while .now < end {
                    try postgreSQL.cutSessions()
                    await pause(for: .milliseconds(50))
                }
                await eventually("orders are placed") { customers.acknowledged.count > 20 }
                await customers.stop()
                let books = Books(system: system)
                await books.settle()
                try await books.check(acknowledged: customers.acknowledged)
            }
        }

        @Test("Whichever instance stands still, another one does its part within seconds", arguments: [1, 2])
        func stalled(number: Int) async throws {
            try await withSystem { system, _ in
                for service in [FoodSystem.Service.store, .delivery, .customer] {
                    for instance in system.instances(of: service) where instance.number == number {
                        await system.program(instance.name)?.signal(SIGSTOP)
                    }
                }
                let ids = (1...12).map { "s-\($0)" }
                for id in ids { #expect(try await system.order(id).status == 201) }
                let books = Books(system: system)
                await eventually("the store has received all, and told so", within: .seconds(30)) {
                    try await books.numbers(.store, "SELECT count(*) FROM order_manages") == [12]
                }
                await eventually("and what it told has gone out", within: .seconds(15)) {
                    try await books.numbers(.store, "SELECT count(*) FROM outbox WHERE published_at IS NULL") == [0]
                }
                for service in [FoodSystem.Service.store, .delivery, .customer] {
                    for instance in system.instances(of: service) {
                        await system.program(instance.name)?.signal(SIGCONT)
                    }
                }
                await books.settle()
                try await books.check(acknowledged: Set(ids))
            }
        }
    }
}
