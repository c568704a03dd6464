import Events
import Foundation
import Persistence
import Records
import Testing

@testable import Messaging

@Suite struct HeaderColumnTests {
    private func read(_ value: SQLValue) async throws -> [RecordHeader] {
        let base = try await TestDatabase()
        defer { withExtendedLifetime(base) {} }  // It closes the database when it goes.
        return try await base.database.read { connection in
            try #require(try connection.first("SELECT $1", [value]) { try HeaderColumn.read($0, 0) })
        }
    }

    @Test("Headers are read as they were written, whatever bytes they have")
    func roundTrip() async throws {
        let headers = [
            RecordHeader("type", "Greeted"), .init("", ""), .init("a/\"b\"", "김치/찌개"),
            .init(name: "all", value: Data(0...255)), .init("type", "again"),
        ]
        #expect(try await read(HeaderColumn.value(headers)) == headers)
        #expect(try await read(HeaderColumn.value([])) == [])
    }

    @Test("Slashes may be escaped and members in any order")
    func earlier() async throws {
        let text = #"[{"value":"Pz8\/","name":"a\/b"},{"name":"c","value":""}]"#
        #expect(try await read(.text(text)) == [.init("a/b", "???"), .init("c", "")])
    }

    @Test("A value is base64")
    func form() throws {
        #expect(try HeaderColumn.value([.init("a/b", "???")]) == .text(#"[{"name":"a/b","value":"Pz8/"}]"#))
    }

    @Test("A column that was tampered with is an error")
    func tampered() async {
        await #expect(throws: (any Error).self) { try await read(.text(#"[{"name":"a","value":"?"}]"#)) }
    }
}
