import Events
import Foundation
import Synchronization
import Testing
import Time

@Suite struct UUIDv7Tests {
    /// A clock that the test sets.
    private final class Clock: Sendable {
        private let time = Mutex<Int>(0)
        @Sendable func now() -> Timestamp { Timestamp(milliseconds: time.withLock { $0 }) }
        func set(_ now: Int) { time.withLock { $0 = now } }
    }

    @Test("An id is a UUID of version 7 and variant 10, in lower case")
    func bits() throws {
        let generator = UUIDv7()
        for _ in 0..<1_000 {
            let id = generator.next()
            let bytes = try #require(UUID(uuidString: id)).uuid
            #expect(bytes.6 >> 4 == 7)
            #expect(bytes.8 >> 6 == 0b10)
            #expect(id == id.lowercased())
        }
    }

    @Test("An id starts with the milliseconds", arguments: [1, 1_700_000_000_123, 0xffff_ffff_ffff])
    func time(now: Int) {
        let id = UUIDv7(clock: { Timestamp(milliseconds: now) }).next()
        #expect(Int(id.prefix(13).replacing("-", with: ""), radix: 16) == now)
    }

    @Test("Ten thousand ids of one millisecond grow")
    func oneMillisecond() { expectGrowing(count: 10_000) { _ in 1_700_000_000_000 } }

    @Test("Ids grow with the clock")
    func clockGoesOn() { expectGrowing(count: 1_000) { 1_700_000_000_000 + Int($0) } }

    @Test("Ids grow when the clock is set back by an hour and comes forward again")
    func clockBack() {
        expectGrowing(count: 10_000) { 1_700_000_000_000 + Int($0) - ((3_000..<7_000).contains($0) ? 3_600_000 : 0) }
    }

    @Test(
        "A clock before 1970 or at the end of 48 bits traps nothing", arguments: [Int.min, -1, 0, 0xffff_ffff_ffff])
    func strangeClock(now: Int) {
        let generator = UUIDv7(clock: { Timestamp(milliseconds: now) })
        for _ in 0..<5_000 { #expect(generator.next().utf8.count == 36) }
    }

    @Test("Ids that several tasks make at once are all different")
    func concurrent() async {
        let generator = UUIDv7()
        let ids = await withTaskGroup { group in
            for _ in 0..<8 { group.addTask { (0..<2_000).map { _ in generator.next() } } }
            return await group.reduce(into: Set<String>()) { $0.formUnion($1) }
        }
        #expect(ids.count == 16_000)
    }

    private func expectGrowing(count: Int, at time: (Int) -> Int) {
        let clock = Clock()
        let generator = UUIDv7(clock: clock.now)
        let ids = (0..<count).map { number in
            clock.set(time(number))
            return generator.next()
        }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == count)
    }
}
