/// What the environment says, checked.
struct BrokerSettings: Equatable {
    struct Malformed: Error, CustomStringConvertible {
        let name: String
        let value: String
        let expected: String
        var description: String { "\(name) is \"\(value)\", not \(expected)" }
    }

    var port: UInt16 = 9092
    var topic = "fooddelivery"
    var partitions: Int = 32

    init(_ environment: [String: String]) throws(Malformed) {
        if let text = environment["BROKER_PORT"] {
            guard let port = UInt16(text) else {
                throw Malformed(name: "BROKER_PORT", value: text, expected: "a port from 0 to 65535")
            }
            self.port = port
        }
        if let text = environment["KAFKA_PARTITIONS"] {
            guard let partitions = Int(text), (1...1000).contains(partitions) else {
                throw Malformed(name: "KAFKA_PARTITIONS", value: text, expected: "a number from 1 to 1000")
            }
            self.partitions = partitions
        }
        if let text = environment["KAFKA_TOPIC"] {
            let isLegal = text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
            guard isLegal, (1...249).contains(text.utf8.count) else {
                throw Malformed(name: "KAFKA_TOPIC", value: text, expected: "a legal topic name")
            }
            topic = text
        }
    }
}
