import Synchronization
import Telemetry
import Testing

@testable import Kafka

@Suite struct KafkaLogTests {
    @Test("A broker that stays down makes one line per half minute, which counts the others")
    func limited() {
        let lines = Mutex<[String]>([])
        let sink = Log(service: "test", minimum: .debug, format: .json) { line in lines.withLock { $0.append(line) } }
        let (log, start) = (KafkaLog(sink, client: "c"), ContinuousClock.now)
        for second in 0..<40 {
            log.write(level: 3, facility: "FAIL", text: "refused \(second)", now: start + .seconds(second))
        }
        log.write(level: 6, facility: "OTHER", text: "heard", now: start + .seconds(1))
        let written = lines.withLock { $0 }
        #expect(written.count == 3)
        #expect(written[0].contains("refused 0") && written[0].contains(#""level":"warning""#))
        #expect(written[1].contains("refused 30") && written[1].contains(#""suppressed":"29""#))
        #expect(written[2].contains("heard") && written[2].contains(#""level":"info""#))
    }

    @Test("What is worse than the last line of its kind is not held back by it")
    func worse() {
        let lines = Mutex<[String]>([])
        let sink = Log(service: "test", minimum: .debug, format: .json) { line in lines.withLock { $0.append(line) } }
        let (log, now) = (KafkaLog(sink, client: "c"), ContinuousClock.now)
        for (level, text) in [(6, "disconnected"), (3, "wrong password"), (6, "disconnected"), (3, "wrong password")] {
            log.write(level: Int32(level), facility: "FAIL", text: text, now: now)
        }
        let written = lines.withLock { $0 }
        #expect(written.count == 2)
        #expect(written.last?.contains("wrong password") == true)
    }
}
