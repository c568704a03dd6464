/// Why the code that runs now runs: the request or event that set it off.
///
/// It travels with a task, into every transaction that the task opens, and from there into the headers of the events
/// that the transaction publishes, so that one order can be followed through all services.
public struct Cause: Sendable, Equatable {
    /// Id of the request or event; becomes the header `causationid` of events that follow from it.
    public var id: String
    /// W3C Trace Context, `00-<32 hex>-<16 hex>-<2 hex>` (https://www.w3.org/TR/trace-context/#traceparent-header).
    public var traceparent: String
    /// Who acts, for people to read: `PUT /guests/1/greet`, the name of a policy, `deadline` and its name. Becomes the header
    /// `causedby`; `nil` where nobody says.
    public var by: String?

    public init(id: String, traceparent: String, by: String? = nil) {
        (self.id, self.traceparent, self.by) = (id, traceparent, by)
    }

    @TaskLocal public static var current: Cause?

    /// The 32 hex digits that all spans of one trace share.
    public var traceId: String { String(traceparent.dropFirst(3).prefix(32)) }

    /// Continues the trace in `traceparent`, or starts one when it is absent or malformed.
    public init(id: String, continuing traceparent: String?, by: String? = nil) {
        if let traceparent, Self.isValid(traceparent) {
            self.init(id: id, traceparent: traceparent, by: by)
        } else {
            self.init(id: id, traceparent: "00-\(Self.hex(16))-\(Self.hex(8))-01", by: by)
        }
    }

    static func isValid(_ traceparent: String) -> Bool {
        var text = traceparent
        return text.withUTF8 { bytes in
            guard bytes.count == 55, bytes[0] == UInt8(ascii: "0"), bytes[1] == UInt8(ascii: "0") else { return false }
            for (index, byte) in bytes.enumerated() {
                let isHex = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
                let isDash = index == 2 || index == 35 || index == 52
                guard isDash ? byte == UInt8(ascii: "-") : isHex else { return false }
            }
            // Zeros alone are no id: https://www.w3.org/TR/trace-context/#trace-id
            return bytes[3..<35].contains { $0 != 0x30 } && bytes[36..<52].contains { $0 != 0x30 }
        }
    }

    private static func hex(_ bytes: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<bytes / 8).map { _ in Hex.digits(generator.next()) }.joined()
    }
}
