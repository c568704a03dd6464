import Synchronization
public import Time

/// Time-ordered ids (RFC 9562 section 5.7): 48 bits of milliseconds, a 12-bit counter, 62 random bits.
///
/// Ids of one generator only grow, also when the clock is set back: then the last millisecond goes on.
public final class UUIDv7: Sendable {
    private let clock: Timestamp.Clock
    private let last = Mutex<(time: Int, counter: UInt64)>((0, 0))

    public init(clock: @escaping Timestamp.Clock = Timestamp.now) { self.clock = clock }

    public func next() -> String {
        let now = clock().milliseconds
        let (time, counter) = last.withLock { last in
            if now > last.time {
                last = (now, 0)
            } else if last.counter < 0xfff {
                last.counter += 1
            } else {
                last = (last.time + 1, 0)
            }
            return last
        }
        var generator = SystemRandomNumberGenerator()
        let high = UInt64(time) << 16 | 0x7000 | counter
        let low = (generator.next() & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000
        return Self.format(high, low)
    }

    private static func format(_ high: UInt64, _ low: UInt64) -> String {
        let digits: StaticString = "0123456789abcdef"
        return String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    buffer[position] = UInt8(ascii: "-")
                    position += 1
                }
                let word = index < 16 ? high : low
                let nibble = Int(word >> UInt64(60 - (index & 15) * 4) & 0xf)
                buffer[position] = digits.utf8Start[nibble]
                position += 1
            }
            return 36
        }
    }
}
