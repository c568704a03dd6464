import Telemetry
import Testing

@Suite struct CauseTests {
    private static let traceId = "0af7651916cd43dd8448eb211c80319c"

    @Test("A trace is continued", arguments: ["00", "01"])
    func continued(flags: String) {
        let traceparent = "00-\(Self.traceId)-b7ad6b7169203331-\(flags)"
        let cause = Cause(id: "e1", continuing: traceparent)
        #expect(cause.id == "e1")
        #expect(cause.traceparent == traceparent)
        #expect(cause.traceId == Self.traceId)
    }

    @Test(
        "A traceparent that is absent or malformed starts a trace",
        arguments: [
            nil, "", "00", "00-\(traceId)-b7ad6b7169203331", "00-\(traceId)-b7ad6b7169203331-01-",
            " 00-\(traceId)-b7ad6b7169203331-0",
            "00-\(traceId.uppercased())-b7ad6b7169203331-01", "00_\(traceId)-b7ad6b7169203331-01",
            "ff-\(traceId)-b7ad6b7169203331-01", "00-\(traceId)-b7ad6b716920333g-01",
            "00-\(traceId)-b7ad6b7169203331-\u{0}1",
            "00-\(String(repeating: "0", count: 32))-b7ad6b7169203331-01", "00-\(traceId)-0000000000000000-01",
        ])
    func malformed(traceparent: String?) {
        let cause = Cause(id: "e1", continuing: traceparent)
        #expect(cause.traceparent != traceparent)
        #expect(cause.traceId != Self.traceId)
        #expect(Cause(id: "e2", continuing: cause.traceparent).traceparent == cause.traceparent)
    }

    @Test("Every trace that is started is another one")
    func different() {
        let causes = (0..<1_000).map { _ in Cause(id: "e1", continuing: nil) }
        #expect(Set(causes.map(\.traceId)).count == 1_000)
        #expect(causes.allSatisfy { $0.traceparent.utf8.count == 55 })
    }

    @Test("A cause travels into the tasks that its task starts, and no further")
    func travels() async {
        let cause = Cause(id: "e1", continuing: nil)
        await Cause.$current.withValue(cause) {
            #expect(await Task { Cause.current }.value == cause)
        }
        #expect(Cause.current == nil)
    }
}
