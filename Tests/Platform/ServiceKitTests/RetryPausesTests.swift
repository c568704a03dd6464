import Kafka
import Records
import Testing

@testable import ServiceKit

/// How long a partition stands still after a failure.
@Suite struct RetryPausesTests {
    private let start = ContinuousClock.now
    private func after(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }

    @Test("A partition is held until its pause is over, then read again from the record that failed, once")
    func pause() throws {
        var pauses = RetryPauses()
        pauses.add("t", 3, 17, at: start)
        #expect(pauses.contains(3) && !pauses.contains(4))
        #expect(pauses.due(at: after(74)).isEmpty)
        #expect(pauses.contains(3))
        let due = pauses.due(at: after(125))
        #expect(due.map(\.0) == [TopicPartition("t", 3)])
        #expect(due.map(\.1) == [17])
        #expect(!pauses.contains(3))
        #expect(pauses.due(at: after(10_000)).isEmpty)
    }

    @Test("The pause doubles with each failure of a record up to 5 s, give or take a quarter")
    func doubling() {
        var pauses = RetryPauses()
        for expected in [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000] {
            pauses.add("t", 0, 17, at: start)
            #expect(pauses.due(at: after(expected * 3 / 4 - 1)).isEmpty, "\(expected)")
            #expect(pauses.due(at: after(expected * 5 / 4)).count == 1, "\(expected)")
        }
    }

    @Test("Another record of the partition begins with a short pause")
    func nextRecord() {
        var pauses = RetryPauses()
        for _ in 0..<5 { pauses.add("t", 0, 17, at: start) }
        pauses.add("t", 0, 18, at: start)
        #expect(pauses.due(at: after(125)).map(\.1) == [18])
    }

    @Test("Partitions wait for themselves")
    func others() {
        var pauses = RetryPauses()
        pauses.add("t", 0, 1, at: start)
        pauses.add("t", 1, 2, at: after(1_000))
        #expect(pauses.due(at: after(125)).map(\.1) == [1])
        #expect(pauses.contains(1))
    }

    @Test("When partitions have moved nothing is held any more; as long as they have not, everything is")
    func generations() {
        var pauses = RetryPauses()
        pauses.enter(generation: 1)
        pauses.add("t", 0, 1, at: start)
        pauses.enter(generation: 1)
        #expect(pauses.contains(0))
        pauses.enter(generation: 2)
        #expect(!pauses.contains(0))
        #expect(pauses.due(at: after(10_000)).isEmpty)
    }
}
