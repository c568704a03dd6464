import Testing

@testable import Persistence

private struct Note: Record {
    var id = 0
    let isKept: Bool

    static let table = Table(
        "notes", Note.init(id:isKept:), Column("id", \.id, .id), Column("is_kept", \.isKept, .fixed))
}

@Suite("The oldest rows of a table are removed") struct TablePurgeTests {
    private func withNotes(
        _ count: Int, keep: @escaping @Sendable (Int) -> Bool, _ body: @escaping @Sendable (Transaction) throws -> Void
    ) async throws {
        try await withDatabase(.memory) { database in
            try await database.migrate(RowCounts.migrations + Note.table.migrations)
            try await database.write { transaction in
                for number in 1...count {
                    _ = try Note.table.insert(Note(isKept: keep(number)), in: transaction)
                }
                try body(transaction)
            }
        }
    }

    private static func remove(_ limit: Int, in transaction: Transaction) throws -> Int {
        try Note.table.removeOldest(atMost: limit, where: "is_kept = $1", [.integer(0)], in: transaction)
    }

    @Test("Only those that meet the condition go, and every page is found as before", arguments: [1, 100, 256, 700])
    func pages(_ limit: Int) async throws {
        try await withNotes(1_500, keep: { $0 % 300 == 7 }) { transaction in
            var ids = Array(1...1_500)
            for _ in 1...3 {
                let gone = Set(ids.prefix(limit).filter { $0 % 300 != 7 && $0 <= 1_500 })
                #expect(try Self.remove(limit, in: transaction) == gone.count)
                ids.removeAll { gone.contains($0) }
                let next = try Note.table.insert(Note(isKept: true), in: transaction)
                ids.append(next.id)
                #expect(try Note.table.count(in: transaction) == ids.count)
                for place in stride(from: 0, to: ids.count, by: 37) {
                    let page = place..<min(place + 5, ids.count)
                    let rows = try Note.table.rows(at: page, of: ids.count, by: "id", in: transaction)
                    #expect(rows.map(\.id) == Array(ids[page]))
                }
            }
        }
    }

    @Test("The newest row stays, so that its id is not given again")
    func newest() async throws {
        try await withNotes(3, keep: { _ in false }) { transaction in
            let removed = try (1...2).map { _ in try Self.remove(10, in: transaction) }
            #expect(removed == [2, 0])
            #expect(try Note.table.insert(Note(isKept: false), in: transaction).id == 4)
            #expect(try Note.table.count(in: transaction) == 2)
        }
    }
}
