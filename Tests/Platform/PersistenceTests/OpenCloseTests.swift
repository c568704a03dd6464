import Foundation
import Testing

@testable import Persistence

/// The ends of a database's life.
@Suite(.timeLimit(.minutes(5))) struct OpenCloseTests {
    @Test("A closed database refuses writes and reads, and may try-again callers do so", arguments: Kind.allCases)
    func closed(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            await database.close()
            for _ in 0..<2 {
                let write = await #expect(throws: DatabaseError.self) { try await database.write { _ in } }
                let read = await #expect(throws: DatabaseError.self) { try await database.read { _ in } }
                #expect(write?.kind == .unavailable)
                #expect(read?.kind == .unavailable)
            }
        }
    }

    @Test("Closing finishes what was submitted before", arguments: Kind.allCases)
    func finishes(kind: Kind) async throws {
        try await withDatabase(kind) { database async throws in
            let gate = Gate()
            let writing = Task {
                try await database.write { transaction in
                    gate.pass()
                    try insert("Mia", in: transaction)
                    return try names(in: transaction)
                }
            }
            await gate.arrived()
            let closing = Task { await database.close() }
            gate.open()
            await closing.value
            #expect(try await writing.value == ["Mia"])
        }
    }

    @Test("A file that is opened alone is refused to whoever wants that too, until it is closed")
    func alone() async throws {
        let folder = try TemporaryFolder()
        let first = try Database.open(url: try folder.url(.file), isAlone: true)
        let error = #expect(throws: DatabaseError.self) { try Database.open(url: try folder.url(.file), isAlone: true) }
        #expect(error?.message == "another process has opened \(folder.file())")
        let reader = try Database.open(url: try folder.url(.file))
        await reader.close()
        await first.close()
        let second = try Database.open(url: try folder.url(.file), isAlone: true)
        await second.close()
    }

    @Test("A database that is dropped without being closed leaves no thread behind", arguments: Kind.allCases)
    func dropped(kind: Kind) async throws {
        final class Witness: Sendable {
            let gone: @Sendable () -> Void
            init(_ gone: @escaping @Sendable () -> Void) { self.gone = gone }
            deinit { gone() }
        }
        let folder = try TemporaryFolder()
        let (released, release) = AsyncStream<Void>.makeStream()
        do {
            // Held by the writer's thread for as long as that runs.
            let witness = Witness { release.finish() }
            try Database.open(url: try folder.url(kind)).listen("never") { withExtendedLifetime(witness) {} }
        }
        for await _ in released {}
    }

    @Test("Closing twice is harmless", arguments: Kind.allCases)
    func twice(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            await database.close()
            await database.close()
        }
    }

    @Test("A URL of another kind is one clear error", arguments: ["mysql://localhost/x", "file.db", ""])
    func otherURL(url: String) {
        let error = #expect(throws: DatabaseError.self) { try Database.open(url: url) }
        #expect(error?.kind == .other)
        #expect(error?.message.contains("not with sqlite: or postgres:") == true)
    }

    @Test(
        "An error does not show the password",
        arguments: [
            "mysql://user:secret@127.0.0.1:1/x", "postgres://user:secret@127.0.0.1:1/x",
            "postgres://user:%zzsecret@127.0.0.1:1/x", "postgres://user:p@secret@127.0.0.1:1/x",
            "postgres://user:p/secret@127.0.0.1:1/x",
        ])
    func secret(url: String) {
        let error = #expect(throws: DatabaseError.self) { try Database.open(url: url) }
        #expect(error?.description.contains("secret") == false, "\(error?.description ?? "")")
    }

    @Test("A folder that is not there is one clear error that names the file")
    func noFolder() {
        let error = #expect(throws: DatabaseError.self) { try Database.open(url: "sqlite:/no/such/folder/test.db") }
        #expect(error?.description.contains("cannot open /no/such/folder/test.db") == true)
    }

    @Test("A file that is no database is an error that trying again does not mend")
    func noDatabase() throws {
        let folder = try TemporaryFolder()
        try Data(repeating: 7, count: 4096).write(to: URL(fileURLWithPath: folder.file()))
        let error = #expect(throws: DatabaseError.self) { try Database.open(url: try folder.url(.file)) }
        #expect(error?.kind == .other)
    }

    @Test("A file that may not be written is refused at once")
    func readOnlyFile() throws {
        let folder = try TemporaryFolder()
        try Data().write(to: URL(fileURLWithPath: folder.file()))
        chmod(folder.file(), 0o444)
        chmod(folder.path, 0o555)
        defer { chmod(folder.path, 0o755) }
        let error = asNobody { #expect(throws: DatabaseError.self) { try Database.open(url: try folder.url(.file)) } }
        #expect(error?.description.contains("readonly") == true || error?.description.contains("cannot open") == true)
    }

    @Test("An acknowledged write is in the files, so that a copy taken at that moment has it")
    func durable() async throws {
        let (folder, copy) = (try TemporaryFolder(), try TemporaryFolder())
        let database = try Database.open(url: try folder.url(.file))
        try await database.write { transaction in
            try transaction.execute(pets)
            try insert("Mia", in: transaction)
        }
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: folder.file() + suffix, toPath: copy.file() + suffix)
        }
        await database.close()
        let restored = try Database.open(url: try copy.url(.file))
        #expect(try await restored.names() == ["Mia"])
        #expect(try await restored.read { try $0.first("PRAGMA integrity_check") { try $0.text(0) } } == "ok")
        await restored.close()
    }

    @Test("Every commit of a file waits for the disk")
    func synchronous() async throws {
        try await withDatabase(.file) { database in
            let mode = try await database.write { transaction in
                try (
                    transaction.first("PRAGMA synchronous") { try $0.integer(0) },
                    transaction.first("PRAGMA journal_mode") { try $0.text(0) }
                )
            }
            #expect(mode.0 == 2)
            #expect(mode.1 == "wal")
        }
    }

    /// Root may write everything; so this thread asks for files as somebody who may not.
    private func asNobody<T>(_ body: () throws -> T) rethrows -> T {
        typealias SetUser = @convention(c) (UInt32) -> Int32
        let symbol = dlsym(nil, "setfsuid")  // Not in Swift's Glibc module: <sys/fsuid.h>.
        let setUser = symbol.map { unsafeBitCast($0, to: SetUser.self) }
        if geteuid() == 0 { _ = setUser?(65_534) }
        defer { if geteuid() == 0 { _ = setUser?(0) } }
        return try body()
    }
}
