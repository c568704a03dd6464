import Dispatch
import Foundation
import FreshDatabase
import Synchronization
import Telemetry
import Testing
import Time

@testable import Persistence

/// The kinds of database that pass the same suites.
enum Kind: String, CaseIterable, Sendable, CustomStringConvertible {
    /// One connection, which reads as well.
    case memory
    /// A file with readers beside the writer.
    case file
    /// A schema of its own on the server that `POSTGRES_TEST_URL` names.
    case postgres

    static let allCases: [Kind] = [.memory, .file] + (FreshDatabase.server == nil ? [] : [.postgres])

    var description: String { rawValue }
}

/// A folder that is gone when the test is.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "persistence-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }  // What stays behind is the machine's to clean.

    func file(_ name: String = "test.db") -> String { "\(path)/\(name)" }

    func url(_ kind: Kind) throws -> String {
        switch kind {
        case .memory: "sqlite::memory:"
        case .file: "sqlite:\(file())"
        case .postgres: try FreshDatabase.postgreSQL()
        }
    }
}

/// Lends a fresh database with the table `pets`.
func withDatabase(
    _ kind: Kind, clock: @escaping Timestamp.Clock = Timestamp.now, metrics: Metrics = Metrics(),
    _ body: (Database) async throws -> Void
) async throws {
    let folder = try TemporaryFolder()
    let database = try Database.open(url: try folder.url(kind), clock: clock, metrics: metrics)
    do {
        try await database.write { try $0.define(pets) }
        try await body(database)
    } catch {
        await database.close()
        throw error
    }
    await database.close()
}

let pets = """
    CREATE TABLE pets (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, legs INTEGER CHECK (legs >= 0), weight REAL, photo BLOB)
    STRICT
    """

/// Inserts a pet of that name.
func insert(_ name: String, in connection: any Connection) throws {
    try connection.execute("INSERT INTO pets (name) VALUES ($1)", [.text(name)])
}

func names(in connection: any Connection) throws -> [String] {
    try connection.query("SELECT name FROM pets ORDER BY id") { try $0.text(0) }
}

extension Database {
    func names() async throws -> [String] { try await read { try PersistenceTests.names(in: $0) } }
}

struct Refusal: Error, Equatable {}

/// What `body` throws; for closures that run on another thread, where an expectation would not find its test.
func failure(of body: () throws -> Void) -> (any Error)? {
    do { try body() } catch { return error }
    return nil
}

/// Holds the thread of a unit until the test lets it go.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let (arrivals, arrival) = AsyncStream<Void>.makeStream()

    /// Called in the unit.
    func pass() {
        arrival.yield()
        semaphore.wait()
    }

    /// Returns once the unit stands at the gate.
    func arrived() async { for await _ in arrivals { return } }

    func open() { semaphore.signal() }
}

/// Counts what happens on several threads.
final class Count: Sendable {
    private let number = Atomic<Int>(0)

    var value: Int { number.load(ordering: .sequentiallyConsistent) }

    /// - Returns: the number after it.
    @discardableResult
    func increment() -> Int { number.add(1, ordering: .sequentiallyConsistent).newValue }
}
