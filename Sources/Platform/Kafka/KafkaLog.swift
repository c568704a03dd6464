import CRdKafka
import Synchronization
import Telemetry

/// Passes librdkafka's own log lines on, at most one per facility and half minute.
///
/// A broker that is down makes each client report each attempt to connect; one line and a count say the same. Why a
/// broker does not take the client, which somebody has to mend, is not held back by that.
final class KafkaLog: Sendable {
    static let quietTime: Duration = .seconds(30)

    /// `AUTOCREATE`: the mock cluster cannot be told not to create topics.
    private static let expected: Set = ["AUTOCREATE"]

    /// In librdkafka's words for a password, a certificate or a protocol that does not fit.
    private static let refusals = [
        "SASL authentication error", "SSL handshake failed", "SSL alert", "incorrect security.protocol",
    ]

    private struct Facility {
        var quietUntil: ContinuousClock.Instant
        var suppressed = 0
    }

    private let log: Log
    private let client: String
    private let facilities = Mutex<[String: Facility]>([:])

    init(_ log: Log, client: String) { (self.log, self.client) = (log, client) }

    /// - Parameters:
    ///   - level: syslog severity, 0 (emergency) to 7 (debug).
    ///   - facility: librdkafka's short word for the kind of event, such as `FAIL`.
    func write(level: Int32, facility: String, text: String, now: ContinuousClock.Instant = .now) {
        let isRefusal = Self.refusals.contains { text.contains($0) }
        guard let suppressed = admit(isRefusal ? "refusal" : facility, at: now) else { return }
        let level = isRefusal ? .warning : Self.expected.contains(facility) ? .debug : Self.level(level)
        log.log(
            level, isRefusal ? "Kafka refuses this client" : "Kafka client reported something",
            ["client": client, "facility": facility, "text": text, "suppressed": String(suppressed)])
    }

    /// - Returns: how many lines were dropped since the last one, or `nil` when this one is dropped too.
    private func admit(_ facility: String, at now: ContinuousClock.Instant) -> Int? {
        facilities.withLock { facilities in
            if let known = facilities[facility], now < known.quietUntil {
                facilities[facility]?.suppressed += 1
                return nil
            }
            let suppressed = facilities[facility]?.suppressed ?? 0
            facilities[facility] = Facility(quietUntil: now + Self.quietTime)
            return suppressed
        }
    }

    private static func level(_ severity: Int32) -> Log.Level {
        switch severity {
        case ...2: .error
        case 3...4: .warning
        case 5...6: .info
        default: .debug
        }
    }
}
