import Checkout
import Foundation
import Persistence
import ServiceKit
import Testing

/// A database that is there must fit the next version of its service, so no step that has landed ever changes, whatever
/// becomes of the code that makes its text.
@Suite struct SchemaTests {
    private static let file = "Tests/ArchitectureTests/schema.sql"

    private static func text(_ migration: Migration) -> String {
        "-- \(migration.component) \(migration.number)\n" + migration.statements.map { "\($0);\n" }.joined()
    }

    @Test("Every step of every table reads as when it landed; a new one is added to the file")
    func steps() throws {
        let landed = try String(contentsOf: CheckoutFolder.url.appending(path: Self.file), encoding: .utf8)
        let steps = PolicyRulesTests.all.flatMap { $0.allMigrations }.map(Self.text)
        for step in Set(steps).sorted() where !landed.contains(step) {
            Issue.record("\(Self.file) has it not, or otherwise:\n\(step)")
        }
        let names = landed.split(separator: "\n").filter { $0.hasPrefix("-- ") }
        #expect(names.filter { name in !steps.contains { $0.hasPrefix("\(name)\n") } } == [], "these are gone")
    }
}
