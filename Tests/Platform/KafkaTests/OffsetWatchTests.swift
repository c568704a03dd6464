import Records
import Testing

@testable import Kafka

@Suite struct OffsetWatchTests {
    private func restarts(_ offsets: [(partition: Int, offset: Int)]) -> Int {
        let watch = OffsetWatch()
        for (partition, offset) in offsets { watch.note(offset, in: TopicPartition("t", partition)) }
        return watch.restarts
    }

    @Test("Offsets that grow, with gaps or untold, are nothing new")
    func grows() { #expect(restarts([(0, 0), (1, 7), (0, 1), (0, 5), (1, 8), (0, -1), (0, 6)]) == 0) }

    @Test("A topic that was made again is noticed once, whichever of its partitions go back", arguments: [0, 3, 4])
    func again(first: Int) { #expect(restarts([(0, 4), (1, 9), (0, first), (1, 0), (0, first + 1)]) == 1) }

    @Test("Made again twice, it is noticed twice")
    func twice() { #expect(restarts([(0, 4), (0, 0), (0, 1), (0, 0)]) == 2) }

    @Test("It goes on from what another one was told", arguments: [(7, 1), (8, 0)])
    func goesOn(next: Int, restarts: Int) {
        let watch = OffsetWatch()
        watch.last = [TopicPartition("t", 0): 7]
        watch.note(next, in: TopicPartition("t", 0))
        #expect(watch.restarts == restarts)
    }

    @Test("One topic says nothing of another")
    func others() {
        let watch = OffsetWatch()
        watch.note(9, in: TopicPartition("a", 0))
        watch.note(3, in: TopicPartition("b", 0))
        watch.note(0, in: TopicPartition("b", 0))
        watch.note(10, in: TopicPartition("a", 0))
        #expect(watch.restarts == 1)
    }
}
