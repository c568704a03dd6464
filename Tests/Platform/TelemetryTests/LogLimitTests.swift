import Synchronization
import Telemetry
import Testing

@Suite struct LogLimitTests {
    @Test("What fails all the time is said once a second, with how often it failed in between")
    func oncePerSecond() {
        let lines = Mutex<[String]>([])
        let limit = LogLimit(Log(service: "test", format: .text) { line in lines.withLock { $0.append(line) } })
        let start = ContinuousClock.now + .seconds(1)
        for milliseconds in [0, 1, 999, 1_000, 2_500] {
            limit.error("No room", ["disk": "1"], at: start + .milliseconds(milliseconds))
        }
        let said = lines.withLock { $0 }.map { $0.drop { $0 != "N" } }
        #expect(said == ["No room disk=1\n", "No room, as 2 times before disk=1\n", "No room disk=1\n"])
    }
}
