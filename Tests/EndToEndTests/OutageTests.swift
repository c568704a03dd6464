import Checkout
import Foundation
import HTTPClient
import Testing

extension EndToEndTests {
    /// A neighbour that is away. `OUTAGE_SECONDS` makes the outages longer.
    @Suite(.serialized) struct OutageTests {
        static let outage = Duration.seconds(Repository.count("OUTAGE_SECONDS", default: 3))

        /// Places orders for the length of the outage.
        /// - Returns: their ids; every one was answered 201.
        private func orderThroughout(_ system: FoodSystem, _ prefix: String) async throws -> Set<String> {
            let end = ContinuousClock.now + Self.outage
            var ids: Set<String> = []
            while ContinuousClock.now < end {
                let id = "\(prefix)-\(ids.count)"
                #expect(try await system.order(id).status == 201)
                ids.insert(id)
            }
            return ids
        }

        @Test("While the store is down orders are taken; it has them all when it comes back")
        func storeDown() async throws {
            let system = try await FoodSystem.start()
            await system.stop(.store, SIGKILL)
            let ids = try await orderThroughout(system, "down")
            try await system.start(.store)
            let books = Books(system: system)
            await books.settle()
            try await books.check(acknowledged: ids)
            await system.stop()
        }

        @Test("While Kafka is down orders are taken, services stay ready, and the backlog drains afterwards")
        func brokerDown() async throws {
            let system = try await FoodSystem.start()
            #expect(try await system.order("before").status == 201)
            await system.stopBroker()
            let ids = try await orderThroughout(system, "down")
            for service in FoodSystem.Service.all {
                #expect(try await system.get(service, "actuator/health/readiness").status == 200)
            }
            // The embedded broker comes back empty, so this also shows that everything is published again.
            try await system.startBroker()
            let books = Books(system: system)
            await books.settle()
            try await books.check(acknowledged: ids.union(["before"]))
            await system.stop()
        }

        @Test("While payment is down orders wait in a line; when it is back they are paid, first come first served")
        func paymentDown() async throws {
            let system = try await FoodSystem.start()
            await system.stop(.payment, SIGKILL)
            let ids = (1...12).map { "p-\($0)" }
            for (number, id) in ids.enumerated() {
                let answer = try await system.order(id)
                #expect(answer.status == 202)
                #expect(answer.headers["Retry-After"] != nil)
                #expect(answer.json["status"] as? String == "payWait")
                #expect(answer.json["place"] as? Int == number + 1)
                #expect(answer.json["payBy"] is String)
            }
            #expect(try await system.total(.order, "orders") == 12)
            #expect(
                try await system.metric(.order, #"resilience4j_circuitbreaker_state{name="payment",state="open"}"#) == 1
            )
            try await system.start(.payment)
            let books = Books(system: system)
            await books.settle()
            try await books.check(acknowledged: Set(ids))
            #expect(try await system.order("p-1").status == 201)
            await system.stop()
        }

        @Test("While payment hangs orders wait in a line; afterwards all are paid, and charges and orders agree")
        func paymentHangs() async throws {
            let system = try await FoodSystem.start()
            await system.program(.payment)?.signal(SIGSTOP)
            let begin = ContinuousClock.now
            for number in 1...12 { #expect(try await system.order("h-\(number)").status == 202) }
            #expect(ContinuousClock.now - begin < .seconds(25), "ten time-outs of a second, then the breaker is open")
            await system.program(.payment)?.signal(SIGCONT)
            let books = Books(system: system)
            await books.settle()
            await system.stop(.order, SIGKILL)
            try await system.start(.order)
            await eventually("an order goes through") { try await system.order("h-13").status == 201 }
            await books.settle()
            try await books.check(acknowledged: Set((1...13).map { "h-\($0)" }))
            await system.stop()
        }

        @Test("An orderly stop ends with status 0 within ten seconds, with the broker up and with it down")
        func orderlyStop() async throws {
            let system = try await FoodSystem.start()
            #expect(try await system.order("t-1").status == 201)
            let program = await system.program(.store)
            program?.signal(SIGTERM)
            #expect(await program?.status(within: .seconds(10)) == 0)
            await system.stopBroker()
            #expect(try await system.order("t-2").status == 201)
            for service in [FoodSystem.Service.order, .payment] {
                let program = await system.program(service)
                program?.signal(SIGTERM)
                #expect(await program?.status(within: .seconds(10)) == 0)
            }
            await system.stop()
        }
    }
}
