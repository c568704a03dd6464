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

    @Test(
        "That a broker refuses the client is one warning at once, whatever was said before",
        arguments: [
            "SASL authentication error: Authentication failed: Invalid username or password (after 3ms in state AUTH_REQ)",
            "SSL handshake failed: error:0A000086:SSL routines::certificate verify failed: broker certificate could not be",
            "Receive failed: error:0A000412:SSL routines::sslv3 alert bad certificate: SSL alert number 42",
            "Disconnected while requesting ApiVersion: might be caused by incorrect security.protocol configuration",
        ])
    func refused(text: String) {
        let lines = Mutex<[String]>([])
        let sink = Log(service: "test", minimum: .info, format: .json) { line in lines.withLock { $0.append(line) } }
        let (log, now) = (KafkaLog(sink, client: "c"), ContinuousClock.now)
        for (level, facility) in [(3, "FAIL"), (3, "ERROR")] {
            log.write(level: Int32(level), facility: facility, text: "Connection refused", now: now)
        }
        for (level, facility) in [(6, "FAIL"), (3, "ERROR"), (3, "FAIL")] {
            log.write(level: Int32(level), facility: facility, text: "b:1: \(text)", now: now)
        }
        let written = lines.withLock { $0 }
        #expect(written.count == 3)
        #expect(written.last?.contains("Kafka refuses this client") == true)
        #expect(written.last?.contains(#""level":"warning""#) == true && written.last?.contains(text) == true)
    }
}
