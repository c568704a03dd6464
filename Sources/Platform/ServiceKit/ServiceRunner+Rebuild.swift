import Foundation
import Messaging
import Persistence
import Telemetry

extension ServiceRunner {
    /// Drops the view, so that the next start makes it anew.
    /// - Throws: ``ServiceEnvironment/Invalid`` when it has no such view, or no database; `DatabaseError`, also when the
    ///   service runs.
    func rebuild(_ name: String) async throws {
        guard let view = S.views.first(where: { $0.name == name }) else {
            throw ServiceEnvironment.Invalid(description: "there is no view \(name); there is: \(S.viewNames)")
        }
        if let file = databaseFile, !FileManager.default.fileExists(atPath: file) {
            throw ServiceEnvironment.Invalid(description: "there is no database \(file) (DATA_DIR, DATABASE_URL)")
        }
        let database = try openDatabase()
        do {
            try await database.migrate(S.allMigrations)
            try await view.rebuild(in: database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
        log.info("The view is dropped; the next start makes it anew from the topic", ["view": name])
    }
}
