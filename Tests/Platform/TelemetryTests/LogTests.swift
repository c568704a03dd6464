import Foundation
import Synchronization
import Telemetry
import Testing
import Time

@Suite struct LogTests {
    /// Keeps what a log wrote.
    private final class Paper: Sendable {
        private let written = Mutex<[String]>([])
        var lines: [String] { written.withLock { $0 } }
        @Sendable func write(_ line: String) { written.withLock { $0.append(line) } }

        /// The members of the only line.
        func line() throws -> [String: String] {
            try #require(lines.count == 1)
            return try JSONDecoder().decode([String: String].self, from: Data(lines[0].utf8))
        }
    }

    private let paper = Paper()

    private func log(_ minimum: Log.Level = .debug, _ format: Log.Format = .json) -> Log {
        Log(service: "porter", minimum: minimum, format: format, write: paper.write)
    }

    @Test(
        "A line is one JSON object on one line, whatever is in it",
        arguments: [
            "plain", "with \"quotes\" and \\", "two\nlines\r\n", "tab\tand \u{0}\u{1f}\u{7f}", "주문 접수", "👩‍🍳 \u{2028}",
        ])
    func json(text: String) throws {
        log().info(text, ["field": text])
        let line = try paper.line()
        #expect(line["message"] == text)
        #expect(line["field"] == text)
        #expect(line["level"] == "info")
        #expect(line["service"] == "porter")
        #expect(line["time"].flatMap(Timestamp.init(rfc3339:)) != nil)
        #expect(paper.lines[0].hasSuffix("}\n"))
        #expect(paper.lines[0].dropLast().utf8.allSatisfy { $0 >= 0x20 })
    }

    @Test("The members stand in this order, the trace before the fields")
    func order() {
        let cause = Cause(id: "1", traceparent: "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01")
        Cause.$current.withValue(cause) { log().warning("Hello", ["b": "1", "a\"": "2\n"]) }
        #expect(
            paper.lines.first?.replacing(/"time":"[^"]*"/, with: #""time":"now""#)
                == #"{"time":"now","level":"warning","service":"porter","message":"Hello","#
                + #""traceId":"0123456789abcdef0123456789abcdef","b":"1","a\"":"2\n"}"# + "\n")
    }

    @Test("A line tells the trace that it belongs to")
    func trace() throws {
        let cause = Cause(id: "request-1", continuing: nil)
        Cause.$current.withValue(cause) { log().info("Hello") }
        #expect(try paper.line()["traceId"] == cause.traceId)
    }

    @Test("Outside of a trace there is none to tell")
    func noTrace() throws {
        log().info("Hello")
        #expect(try paper.line()["traceId"] == nil)
    }

    @Test("Lines below the minimum are not written", arguments: Log.Level.allCases)
    func minimum(minimum: Log.Level) {
        let log = log(minimum)
        log.debug("1")
        log.info("2")
        log.warning("3")
        log.error("4")
        #expect(paper.lines.count == Log.Level.allCases.filter { $0 >= minimum }.count)
    }

    @Test("Text for people has the level, the service, the message and the fields")
    func text() {
        log(.info, .text).warning("Hello", ["name": "Mia", "steps": "3"])
        #expect(paper.lines.first?.hasSuffix(" WARNING [porter] Hello name=Mia steps=3\n") == true)
    }
}
