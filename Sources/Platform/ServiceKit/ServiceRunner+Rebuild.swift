import Foundation
import Messaging
import Persistence
import Telemetry

struct NoSuchView: Error { var description: String }

extension ServiceRunner {
    /// Drops the view, so that the next start makes it anew.
    /// - Throws: ``NoSuchView``; ``ServiceEnvironment/Invalid`` when there is no database; `DatabaseError`, also when the
    ///   service runs.
    func rebuild(_ name: String) async throws {
        guard let view = S.views.first(where: { $0.name == name }) else {
            throw NoSuchView(description: "there is no view \(name); there is: \(S.viewNames)")
        }
        if let file = databaseFile, !FileManager.default.fileExists(atPath: file) {
            throw ServiceEnvironment.Invalid(description: "there is no database \(file) (DATA_DIR, DATABASE_URL)")
        }
        let database = try openDatabase()
        do {
            guard try await !database.isLed(Self.tasks) else {
                throw DatabaseError(kind: .other, message: "an instance of the service runs; stop all of them first")
            }
            // Not the view's own: that its columns have changed may be why it is rebuilt.
            try await database.migrate(PlatformTables.migrations)
            try await view.rebuild(in: database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
        log.info("The view is dropped; the next start makes it anew from the topic", ["view": name])
    }
}
