import Checkout
import Foundation
import HTTPClient
import Testing

extension EndToEndTests {
    /// TLS, certificates and passwords, on a Kafka that asks for them.
    @Suite(.serialized, .enabled(if: OwnKafka.isThereOrRequired, "KAFKA_HOME names no Kafka to start"))
    struct KafkaSecurityTests {
        private func file(_ name: String, _ kafka: KafkaNode) -> String {
            kafka.folder.appending(path: "tls/\(name)").path()
        }

        private func password(_ kafka: KafkaNode, _ mechanism: String = "PLAIN") -> [String: String] {
            [
                "KAFKA_BOOTSTRAP_SERVERS": kafka.passwordAddress, "KAFKA_SECURITY_PROTOCOL": "sasl_ssl",
                "KAFKA_SSL_CA_FILE": file("ca.pem", kafka), "KAFKA_SASL_MECHANISM": mechanism,
                "KAFKA_SASL_USERNAME": "food", "KAFKA_SASL_PASSWORD": "food-secret",
            ]
        }

        private func certificate(_ kafka: KafkaNode) -> [String: String] {
            [
                "KAFKA_BOOTSTRAP_SERVERS": kafka.certificateAddress, "KAFKA_SECURITY_PROTOCOL": "ssl",
                "KAFKA_SSL_CA_FILE": file("ca.pem", kafka), "KAFKA_SSL_CERTIFICATE_FILE": file("client.pem", kafka),
                "KAFKA_SSL_KEY_FILE": file("client.locked.key", kafka), "KAFKA_SSL_KEY_PASSWORD": "food-secret",
            ]
        }

        private func withKafka(_ body: (KafkaNode, FoodSystem) async throws -> Void) async throws {
            let kafka = try KafkaNode.secure()
            do {
                try await kafka.start()
                let system = try FoodSystem(Setup(kafka: kafka.address))
                try await body(kafka, system)
                for service in FoodSystem.Service.all {
                    let output = await system.program(service)?.output ?? ""
                    #expect(!output.contains("food-secret"), "a secret is in the log of \(service)")
                }
                await system.stop()
            } catch { Issue.record(error) }
            await kafka.remove()
        }

        private func output(_ system: FoodSystem, _ service: FoodSystem.Service) async -> String {
            await system.program(service)?.output ?? ""
        }

        private func isReady(_ system: FoodSystem, _ service: FoodSystem.Service) async throws -> Bool {
            try await system.get(service, "actuator/health/readiness").status == 200
        }

        private func hasOrder(_ id: String, _ system: FoodSystem) async {
            await eventually("the store has \(id)") {
                try await system.status(.store, "orderManages", id) == "orderCmplt"
            }
        }

        @Test(
            "With passwords, certificates and further properties one order reaches all; with a wrong authority none, until it is right"
        )
        func listeners() async throws {
            try await withKafka { kafka, system in
                let more = system.folder.appending(path: "more.properties")
                try "consumer.fetch.wait.max.ms=20\nproducer.compression.codec=zstd\n"
                    .write(to: more, atomically: true, encoding: .utf8)
                let properties = ["KAFKA_PROPERTIES_FILE": more.path()]
                try await system.start(.order, password(kafka).merging(properties) { $1 })
                try await system.start(.payment, certificate(kafka))
                try await system.start(.store, certificate(kafka).merging(properties) { $1 })
                let stranger = ["KAFKA_SSL_CA_FILE": file("stranger.pem", kafka)]
                try await system.start(.customer, password(kafka).merging(stranger) { $1 })
                await eventually("the menu reaches the order service") {
                    try await system.total(.order, "menus") == FoodSystem.demoDishes
                }
                #expect(try await system.order("s-1").status == 201)
                await hasOrder("s-1", system)
                await eventually("the customer service says what is wrong") {
                    await output(system, .customer).contains("broker certificate could not be verified")
                }
                #expect(try await isReady(system, .customer))
                await system.stop(.customer, SIGTERM)
                try await system.start(.customer, password(kafka))
                await eventually("the customer sees the order") {
                    try await system.status(.customer, "myPages", "s-1") == "orderCmplt"
                }
                try await checkLockedKey(kafka, system)
                try await checkScram(kafka, system)
            }
        }

        @Test(
            "A password that is no longer right is told in the log; orders are taken, and go on where it is right again"
        )
        func changedPassword() async throws {
            try await withKafka { kafka, system in
                for service in FoodSystem.Service.all { try await system.start(service, password(kafka)) }
                await eventually("the menu reaches the order service") {
                    try await system.total(.order, "menus") == FoodSystem.demoDishes
                }
                #expect(try await system.order("p-1").status == 201)
                await hasOrder("p-1", system)
                await kafka.kill()
                try await kafka.start(password: "another")
                #expect(try await system.order("p-2").status == 201)
                for service in [FoodSystem.Service.order, .store] {
                    await eventually("\(service) says what is wrong") {
                        await output(system, service).contains("Authentication failed: Invalid username or password")
                    }
                    #expect(try await isReady(system, service))
                }
                #expect(try await system.metric(.order, "outbox_pending") > 0)
                await kafka.kill()
                try await kafka.start()
                await hasOrder("p-2", system)
                let log = await output(system, .store)
                #expect(!log.contains("The consumer starts over"))
                // At most once per client and half minute.
                #expect(log.components(separatedBy: "Kafka refuses this client").count - 1 <= 4)
            }
        }

        /// A key that its password does not open ends a service, which names both variables.
        private func checkLockedKey(_ kafka: KafkaNode, _ system: FoodSystem) async throws {
            try await system.launch(.delivery, certificate(kafka).merging(["KAFKA_SSL_KEY_PASSWORD": "hush"]) { $1 })
            #expect(await system.program(.delivery)?.status() == 78)
            let line = await output(system, .delivery)
            #expect(line.hasPrefix("delivery: KAFKA_SSL_KEY_FILE (or KAFKA_SSL_KEY_PASSWORD) failed: "))
            #expect(line.split(separator: "\n").count == 1 && !line.contains("hush"))
        }

        /// SCRAM works where librdkafka can do it, and else the log says why not.
        private func checkScram(_ kafka: KafkaNode, _ system: FoodSystem) async throws {
            for (service, bits) in [(FoodSystem.Service.delivery, 256), (.customer, 512)] {
                await system.stop(service, SIGTERM)
                try await system.start(service, password(kafka, "SCRAM-SHA-\(bits)"))
                if await output(system, service).contains("cannot log in with SCRAM") {
                    await eventually("it is refused") { await output(system, service).contains("invalid credentials") }
                    #expect(try await isReady(system, service))
                } else {
                    await eventually("its group is there") {
                        try await kafka.tool("groups", "--list").contains(service.name)
                    }
                }
            }
        }
    }
}
