import Foundation
import Testing

@testable import Messaging

@Suite struct FaultPointsTests {
    @Test("A name of a place, with or without a number from 1, arms it", arguments: FaultPoints.Name.allCases)
    func armed(name: FaultPoints.Name) {
        #expect(FaultPoints(name.rawValue) != nil)
        #expect(FaultPoints(name.rawValue + ":1") != nil)
        #expect(FaultPoints(name.rawValue + ":250") != nil)
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "", ":", ":1", "outbox", "outbox.afterlunch", "OUTBOX.AFTERCOMMIT", "outbox.afterCommit:",
            " outbox.afterCommit",
            "outbox.afterCommit:0", "outbox.afterCommit:-1", "outbox.afterCommit:x", "outbox.afterCommit:1:2",
        ])
    func refused(text: String) { #expect(FaultPoints(text) == nil) }

    @Test("A place that is not armed does nothing")
    func harmless() throws {
        let faults = try #require(FaultPoints("outbox.afterCommit:3"))
        for _ in 0..<9 { faults.reach(.afterPublish) }
        for _ in 0..<2 { faults.reach(.afterCommit) }
        for name in FaultPoints.Name.allCases { FaultPoints.none.reach(name) }
    }

    @Test("The armed place ends the process at the n-th time, as a power cut would")
    func kills() async {
        await #expect(processExitsWith: .signal(SIGKILL)) {
            let faults = try #require(FaultPoints("outbox.afterCommit:3"))
            for _ in 0..<3 { faults.reach(.afterCommit) }
        }
    }
}
