import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Persistence

@Suite(.timeLimit(.minutes(5))) struct WorkQueueTests {
    @Test("Items are taken oldest first, at most as many as asked for")
    func order() {
        let queue = WorkQueue<Int>()
        for item in 1...5 { #expect(queue.append(item)) }
        #expect(queue.take(atMost: 2) == [1, 2])
        #expect(queue.take(atMost: 3) == [3, 4, 5])
    }

    @Test("A closed queue hands out what it has, then nothing, and takes nothing more")
    func close() {
        let queue = WorkQueue<Int>()
        #expect(queue.append(1))
        queue.close()
        #expect(!queue.append(2))
        #expect(queue.take(atMost: 9) == [1])
        #expect(queue.take(atMost: 9) == [])
    }

    @Test("Every item reaches exactly one of several threads, and closing ends them all")
    func manyThreads() async {
        let queue = WorkQueue<Int>()
        let taken = Mutex<[Int]>([])
        let threads = DispatchGroup()
        for _ in 0..<4 {
            threads.enter()
            Thread.detachNewThread {
                while case let items = queue.take(atMost: 3), !items.isEmpty { taken.withLock { $0 += items } }
                threads.leave()
            }
        }
        await withTaskGroup { group in
            for part in 0..<10 { group.addTask { for item in 0..<500 { _ = queue.append(part * 500 + item) } } }
        }
        queue.close()
        await withCheckedContinuation { done in threads.notify(queue: .global()) { done.resume() } }
        #expect(taken.withLock { $0.sorted() } == Array(0..<5000))
    }
}
