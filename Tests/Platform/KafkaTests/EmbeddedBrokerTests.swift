import Testing

@testable import EmbeddedBroker

@Suite struct EmbeddedBrokerTests {
    @Test("Without settings the broker takes Kafka's own port")
    func defaults() throws {
        let settings = try BrokerSettings([:])
        #expect(settings.port == 9092 && settings.partitions == 32)
    }

    @Test("Settings come from the environment")
    func settings() throws {
        let settings = try BrokerSettings(["BROKER_PORT": "0", "KAFKA_TOPIC": "a.b-c_1", "KAFKA_PARTITIONS": "3"])
        #expect(settings.port == 0 && settings.topic == "a.b-c_1" && settings.partitions == 3)
    }

    @Test(
        "A malformed setting is refused by its name",
        arguments: [
            ("BROKER_PORT", "65536"), ("BROKER_PORT", ""), ("KAFKA_PARTITIONS", "0"), ("KAFKA_PARTITIONS", "many"),
            ("KAFKA_TOPIC", ""), ("KAFKA_TOPIC", "주문"), ("KAFKA_TOPIC", "a b"),
        ])
    func malformed(name: String, value: String) {
        #expect {
            try BrokerSettings([name: value])
        } throws: {
            "\($0)".contains(name)
        }
    }
}
