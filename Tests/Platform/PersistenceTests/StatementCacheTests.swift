import Testing

@testable import Persistence

/// Texts that depend on what a client sends must not fill the memory.
@Suite struct StatementCacheTests {
    private let connection: SQLiteConnection

    init() throws { connection = try SQLiteConnection(path: ":memory:", readOnly: false) }

    private func ask(_ number: Int) throws -> Int? { try connection.first("SELECT \(number)") { try $0.integer(0) } }

    @Test("However many texts are run, only so many statements are kept")
    func limit() throws {
        for number in 0..<2000 { #expect(try ask(number) == number) }
        #expect(connection.statements.count == StatementCache.limit)
    }

    @Test("The statements that were used last are kept")
    func leastUsed() throws {
        var (cache, prepared) = (StatementCache(), 0)
        func use(_ number: Int) throws {
            _ = try cache.statement(for: "SELECT \(number)") {
                prepared += 1
                return try SQLiteStatement("SELECT \(number)", on: connection.handle)
            }
        }
        for number in 0..<StatementCache.limit { try use(number) }
        try use(0)
        try use(-1)
        #expect(prepared == StatementCache.limit + 1)
        try use(0)
        #expect(prepared == StatementCache.limit + 1, "used just before")
        try use(1)
        #expect(prepared == StatementCache.limit + 2, "used longest ago, so it had to go")
    }

    @Test("A statement that is being read stays, also when a thousand others are run meanwhile")
    func busy() throws {
        let numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n"
        let seen = try connection.query(numbers, []) { row in
            _ = try ask(try row.integer(0))
            return try row.integer(0)
        }
        #expect(seen == Array(1...1000))
        #expect(connection.statements.count == StatementCache.limit)
    }
}
