import CRdKafka
import Synchronization
import Telemetry

/// Passes librdkafka's own log lines on, at most one per facility, level and half minute.
///
/// A broker that is down makes each client report each attempt to connect; one line and a count say the same. That it
/// has gone must not hide why it does not take the client back.
final class KafkaLog: Sendable {
    static let quietTime: Duration = .seconds(30)

    /// `AUTOCREATE`: the mock cluster cannot be told not to create topics.
    private static let expected: Set = ["AUTOCREATE"]

    private struct Kind: Hashable {
        var facility: String
        var level: Log.Level
    }

    private struct Quiet {
        var until: ContinuousClock.Instant
        var suppressed = 0
    }

    private let log: Log
    private let client: String
    private let kinds = Mutex<[Kind: Quiet]>([:])

    init(_ log: Log, client: String) { (self.log, self.client) = (log, client) }

    /// - Parameters:
    ///   - level: syslog severity, 0 (emergency) to 7 (debug).
    ///   - facility: librdkafka's short word for the kind of event, such as `FAIL`.
    func write(level: Int32, facility: String, text: String, now: ContinuousClock.Instant = .now) {
        let kind = Kind(
            facility: facility, level: Self.expected.contains(facility) ? .debug : Self.level(level))
        guard let suppressed = admit(kind, at: now) else { return }
        log.log(
            kind.level, "Kafka client reported something",
            ["client": client, "facility": facility, "text": text, "suppressed": String(suppressed)])
    }

    /// - Returns: how many lines were dropped since the last one, or `nil` when this one is dropped too.
    private func admit(_ kind: Kind, at now: ContinuousClock.Instant) -> Int? {
        kinds.withLock { kinds in
            if let known = kinds[kind], now < known.until {
                kinds[kind]?.suppressed += 1
                return nil
            }
            let suppressed = kinds[kind]?.suppressed ?? 0
            kinds[kind] = Quiet(until: now + Self.quietTime)
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
