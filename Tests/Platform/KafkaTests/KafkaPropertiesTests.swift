import Testing

@testable import Kafka

/// librdkafka's properties as an operator writes them.
@Suite struct KafkaPropertiesTests {
    private func refusal(_ text: String) -> String? {
        let error = #expect(throws: KafkaProperties.Invalid.self) { try KafkaProperties(text) }
        return error?.description
    }

    @Test("Lines are for all clients, or for one kind; empty ones and comments say nothing, spaces do not matter")
    func lines() throws {
        let properties = try KafkaProperties(
            """
            # for a slow network
            client.rack = zone a\r
              statistics.interval.ms=0

            producer.compression.codec=zstd
            consumer.fetch.min.bytes=1
            """)
        #expect(properties.shared == ["client.rack": "zone a", "statistics.interval.ms": "0"])
        #expect(properties.producer == ["compression.codec": "zstd"])
        #expect(properties.consumer == ["fetch.min.bytes": "1"])
        #expect(try KafkaProperties("") == KafkaProperties())
    }

    @Test("A value may have an equals sign, and of two lines the last one counts")
    func values() throws {
        #expect(try KafkaProperties("client.rack=a\nclient.rack=b=c").shared == ["client.rack": "b=c"])
    }

    @Test("A line that is no property is refused with its number", arguments: ["client.rack", "=x", "# a\n\nrack"])
    func malformed(text: String) {
        let number = text.hasPrefix("#") ? 3 : 1
        #expect(refusal(text) == "line \(number): not name=value")
    }

    @Test(
        "What the code relies on is refused by name", arguments: KafkaProperties.fixed, ["", "producer.", "consumer."])
    func fixed(name: String, prefix: String) {
        #expect(refusal("\(prefix)\(name)=1") == "line 1: \(name) must stay as it is")
    }

    @Test("What has a setting is refused by name", arguments: KafkaProperties.own)
    func own(name: String) {
        #expect(refusal("# mine\n\(name)=secret") == "line 2: \(name) has a variable of its own")
    }

    @Test("librdkafka says itself what it does not know or take")
    func unknown() {
        #expect(refusal("fetch.min.byte=1") == #"line 1: No such configuration property: "fetch.min.byte""#)
        #expect(refusal("producer.batch.size=big")?.contains(#"configuration property "batch.size""#) == true)
    }

    @Test("A property is stronger than what the code sets, also under its other name")
    func layers() throws {
        let connection = KafkaConnection("a:1", properties: try KafkaProperties("producer.compression.type=zstd"))
        let names = connection.producer("me").joined().map(\.key)
        let (own, theirs) = (names.lastIndex(of: "compression.codec"), names.lastIndex(of: "compression.type"))
        #expect(try #require(own) < #require(theirs))
        #expect(
            !connection.consumer("me", group: "g", sessionTimeout: .seconds(6)).joined().contains { $0.value == "zstd" }
        )
    }

    @Test("Properties that do not go together, or name a file that is not there, are found before anything connects")
    func check() throws {
        let good = try KafkaProperties("max.in.flight=5\nconsumer.fetch.message.max.bytes=1000000")
        try KafkaConnection("a:1", properties: good).check(sessionTimeout: .seconds(6))
        let bad = try KafkaProperties("producer.max.in.flight=6")
        let error = #expect(throws: KafkaError.self) {
            try KafkaConnection("a:1", properties: bad).check(sessionTimeout: .seconds(6))
        }
        #expect(error?.reason.contains("max.in.flight") == true)
        let security = ["security.protocol": "ssl", "ssl.ca.location": "/no/ca.pem"]
        #expect(throws: KafkaError.self) {
            try KafkaConnection("a:1", security: security).check(sessionTimeout: .seconds(6))
        }
    }

    @Test("A librdkafka whose SCRAM newer brokers refuse says so, and only where SCRAM is asked for")
    func knownProblem() {
        let scram = KafkaConnection("a:1", security: ["sasl.mechanisms": "SCRAM-SHA-256"])
        #expect(scram.knownProblem(of: 0x0200_02ff)?.hasPrefix("librdkafka 2.0.2 cannot log in with SCRAM") == true)
        #expect(scram.knownProblem(of: 0x0206_01ff) == nil)
        #expect(KafkaConnection("a:1", security: ["sasl.mechanisms": "PLAIN"]).knownProblem(of: 0x0200_02ff) == nil)
        #expect(KafkaConnection("a:1").knownProblem == nil)
    }

    @Test("A connection that is written into a log shows no secrets")
    func description() {
        let connection = KafkaConnection("a:1", security: ["sasl.password": "hush"])
        #expect("\(connection)" == "a:1" && !String(reflecting: connection).contains("hush"))
    }
}
