import Foundation
import HTTPClient
import Testing

extension EndToEndTests {
    /// Everything at once and at random: all programs are killed and paused, the broker too, while customers order and
    /// owners act. `CHAOS_SECONDS` makes it longer, `CHAOS_SEED` repeats the random numbers of a run.
    @Suite(.serialized) struct ChaosTests {
        /// Waits that a run can sit out. A rider is looked for at once.
        private static let rules = [
            "STORE_ANSWER_SECONDS": "15", "RIDER_LEAD_SECONDS": "86400", "OFFER_SECONDS": "2",
            "RIDER_RETRY_SECONDS": "2", "RIDER_SEARCH_SECONDS": "15",
        ]

        @Test("Whatever is killed or paused, everything agrees in the end: embedded broker")
        func embeddedBroker() async throws {
            let system = try await FoodSystem.start(environment: Self.rules)
            try await ChaosRun(system, besides: [SystemProgram.broker(of: system)]).run()
            await system.stop()
        }

        @Test(
            "Whatever is killed or paused, everything agrees in the end: real Kafka",
            .enabled(if: OwnKafka.isThereOrRequired, "KAFKA_HOME names no Kafka that may be killed"))
        func realKafka() async throws {
            let kafka = try OwnKafka()
            do {
                try await kafka.start()
                let system = try await FoodSystem.start(kafka: kafka.bootstrap, environment: Self.rules)
                try await ChaosRun(system, besides: [kafka]).run()
                await system.stop()
            } catch { Issue.record(error) }
            await kafka.stop()
        }

        @Test(
            "Whatever is killed or paused, everything agrees in the end: real Kafka, PostgreSQL, three of each service",
            .enabled(
                if: OwnKafka.isThereOrRequired && OwnPostgreSQL.isThereOrRequired,
                "KAFKA_HOME names no Kafka, or PostgreSQL is not installed"))
        func replicas() async throws {
            let (kafka, postgreSQL) = (try OwnKafka(), try OwnPostgreSQL())
            do {
                try await kafka.start()
                try await postgreSQL.start()
                let system = try await FoodSystem.start(
                    on: Setup(kafka: kafka.bootstrap, replicas: 3), postgreSQL: postgreSQL.url, environment: Self.rules)
                try await ChaosRun(system, besides: [kafka, postgreSQL]).run()
                await system.stop()
            } catch { Issue.record(error) }
            await postgreSQL.stop()
            await kafka.stop()
        }
    }
}
