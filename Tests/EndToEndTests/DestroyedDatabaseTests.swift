import Foundation
import HTTPClient
import Testing

extension EndToEndTests {
    /// A file that is lost while its service runs: open descriptors, the cache and the WAL would go on answering.
    @Suite(.serialized) struct DestroyedDatabaseTests {
        enum Damage: String, Sendable, CaseIterable {
            case deleted, replaced, emptied, cutInHalf, overwritten

            func strike(_ file: URL) throws {
                switch self {
                case .deleted: try FileManager.default.removeItem(at: file)
                case .replaced: try Data(contentsOf: file).write(to: file, options: .atomic)
                case .emptied: try cut(file, to: 0)
                case .cutInHalf: try cut(file, to: UInt64(Data(contentsOf: file).count) / 2)
                case .overwritten:
                    let handle = try FileHandle(forWritingTo: file)
                    try handle.write(contentsOf: Data(repeating: 0x55, count: 8192))
                    try handle.close()
                }
            }

            private func cut(_ file: URL, to size: UInt64) throws {
                let handle = try FileHandle(forWritingTo: file)
                try handle.truncate(atOffset: size)
                try handle.close()
            }
        }

        @Test("A service whose database file is lost is not ready any more", arguments: Damage.allCases)
        func readiness(_ damage: Damage) async throws {
            let system = try await FoodSystem.alone(.order)
            #expect(try await system.get(.order, "actuator/health/readiness").status == 200)
            try damage.strike(system.folder.appending(path: "order.db"))
            let readiness = try await system.get(.order, "actuator/health/readiness")
            #expect(readiness.status == 503)
            #expect(try await system.get(.order, "actuator/health").status == 503)
            #expect(try await system.get(.order, "actuator/health/liveness").status == 200)
            await system.stop()
        }
    }
}
