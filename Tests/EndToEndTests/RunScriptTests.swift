import Checkout
import Foundation
import Testing

extension EndToEndTests {
    /// `deploy/run` and those who end it.
    @Suite(.serialized) struct RunScriptTests {
        private static let ports = ListedService.all.map(\.port) + [8088, 9092]

        /// A distance from the usual ports at which all of them are free.
        private func freeOffset() throws -> Int {
            for _ in 0..<100 {
                let offset = Int.random(in: 15_000...25_000)
                if Self.ports.allSatisfy({ !FreePorts.isListening($0 + offset) }) { return offset }
            }
            throw GiveUp(description: "no free ports")
        }

        @Test("Started by a script in the background, where SIGINT is ignored, it ends on SIGINT all the same")
        func background() async throws {
            let offset = try freeOffset()
            let system = try await RunningSystem.start(portOffset: offset, inBackground: true)
            await system.stop()
            for port in Self.ports { #expect(!FreePorts.isListening(port + offset), "\(port)") }
        }

        @Test("When it is killed, all its programs end")
        func killed() async throws {
            let offset = try freeOffset()
            let system = try await RunningSystem.start(portOffset: offset)
            for port in Self.ports { #expect(FreePorts.isListening(port + offset), "\(port)") }
            await system.kill()
            await eventually("its programs have ended") {
                !Self.ports.contains { FreePorts.isListening($0 + offset) }
            }
            await system.shutDown()
        }
    }
}
