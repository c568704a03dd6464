import Foundation
import HTTPServer
import Kafka
import Messaging
import Persistence
import RawHTTP
import Telemetry
import Testing

@testable import ServiceKit

/// From start to stop, with a request to stop that the test makes.
@Suite(.timeLimit(.minutes(5))) struct ServiceRunnerTests {
    private let folder = TemporaryFolder()
    private let request = DispatchSemaphore(value: 0)
    private let termination: TerminationSignal

    init() {
        let request = request
        termination = TerminationSignal { request.wait() }
    }

    private var url: String { "sqlite:\(folder.path)/data/porter.db" }

    private func runner(port: UInt16 = 0, kafka: String = "127.0.0.1:1", _ more: [String: String] = [:]) throws
        -> ServiceRunner<Porter>
    {
        let values = [
            "PORT": "\(port)", "DATABASE_URL": url, "KAFKA_BOOTSTRAP_SERVERS": kafka, "LOG_LEVEL": "error",
            "LOG_FORMAT": "json",
        ]
        return try ServiceRunner<Porter>(ServiceEnvironment(values.merging(more) { $1 }))
    }

    /// What is left behind by a service that runs no more.
    private func look<T: Sendable>(_ body: @escaping @Sendable (Database) async throws -> T) async throws -> T {
        let database = try Database.open(url: url)
        do {
            let value = try await body(database)
            await database.close()
            return value
        } catch {
            await database.close()
            throw error
        }
    }

    private func exchange(_ port: UInt16, _ head: String, _ body: String = "") async throws -> String {
        let more = body.isEmpty ? "" : "Content-Type: application/json\r\n"
        return try await RawClient.exchange(
            port,
            "\(head) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(more)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
    }

    /// Outside of those that the kernel gives to whoever asks for any, other tests for example.
    private func freePort() async -> UInt16 {
        while true {
            let port = UInt16.random(in: 20_000...29_999)
            guard let server = try? HTTPServer(ServerConfiguration(port: port), router: Router()) else { continue }
            await server.stop(within: .zero)
            return port
        }
    }

    @Test("A service takes requests, publishes and hears events, and at its stop everything is done and closed")
    func wholeLife() async throws {
        let cluster = try MockCluster()
        for topic in ["greetings", "error.greetings.porter"] { try cluster.createTopic(topic, partitions: 1) }
        let port = await freePort()
        let (steps, runner) = (Steps(), try runner(port: port, kafka: cluster.bootstrapServers))
        let running = Porter.$steps.withValue(steps) { Task { try await runner.run(until: termination) } }
        try await eventually {
            (try? await exchange(port, "GET /actuator/health/readiness"))?.hasPrefix("HTTP/1.1 200 ") == true
        }
        #expect(try await exchange(port, "POST /guests", #"{"name":"Tom"}"#).hasPrefix("HTTP/1.1 201 "))
        #expect(try await exchange(port, "PUT /guests/1/greet").hasPrefix("HTTP/1.1 200 "))
        try await eventually { try await exchange(port, "GET /welcomes").contains(#""name":"Tom""#) }
        try await eventually { steps.all.contains("purge") }
        request.signal()
        try await running.value
        #expect(steps.all == ["prepare", "routes", "purge", "close"])
        await #expect(throws: RawClient.Refused.self) { try await exchange(port, "GET /") }
        #expect(try await look { try await $0.pending() } == 0)
    }

    @Test("A port that is taken ends the start with an error that says so")
    func portTaken() async throws {
        let other = try HTTPServer(ServerConfiguration(port: 0), router: Router())
        let runner = try runner(port: other.port)
        let error = await #expect(throws: ServerStartError.self) { try await runner.run(until: termination) }
        #expect(error?.description.contains("\(other.port)") == true)
        await other.stop(within: .zero)
    }

    @Test("A database that belongs to another version ends the start before anything is done")
    func otherVersion() async throws {
        await (try runner().openDatabase()).close()  // Makes the folder.
        try await look { try await $0.migrate([Migration("guests", 1, ["CREATE TABLE guests (id INTEGER) STRICT"])]) }
        let (steps, runner) = (Steps(), try runner())
        let error = await #expect(throws: DatabaseError.self) {
            try await Porter.$steps.withValue(steps) { try await runner.run(until: termination) }
        }
        #expect(error?.description.contains("the database belongs to another version") == true)
        #expect(steps.all == [])
    }

    @Test("Asked to stop while it prepares, a service ends before it takes requests, and without an error")
    func stoppedEarly() async throws {
        let (steps, runner, request, termination) = (Steps(), try runner(), request, termination)
        let prepare: @Sendable () async -> Void = {
            request.signal()
            await termination.wait()
        }
        try await Porter.$steps.withValue(steps) {
            try await Porter.$preparing.withValue(prepare) { try await runner.run(until: termination) }
        }
        #expect(steps.all == ["prepare"])
    }

    @Test("What fails because of the stop is no error, what fails by itself is one", arguments: [false, true])
    func failedPreparation(isAsked: Bool) async throws {
        struct Failed: Error {}
        let (runner, request, termination) = (try runner(), request, termination)
        let prepare: @Sendable () async throws -> Void = {
            if isAsked {
                request.signal()
                await termination.wait()
            }
            throw Failed()
        }
        let run = Task {
            try await Porter.$preparing.withValue(prepare) { try await runner.run(until: termination) }
        }
        if isAsked { try await run.value } else { await #expect(throws: Failed.self) { try await run.value } }
    }

    @Test("A database of another kind, or in a folder that cannot be made, is a wrong setting")
    func noDatabase() throws {
        for url in ["mysql://a", "sqlite:/dev/null/porter.db"] {
            #expect(throws: ServiceEnvironment.Invalid.self) { try runner(["DATABASE_URL": url]).openDatabase() }
        }
    }

    @Test("A view is dropped to be made anew, and no other table")
    func rebuild() async throws {
        let runner = try runner()
        let database = try runner.openDatabase()
        try await database.migrate(Porter.allMigrations)
        try await database.write { transaction in
            _ = try Welcome.table.insert(Welcome(name: "Tom", status: .greeted), in: transaction)
            try Guest.all.insert(Guest(name: "Tom"), in: transaction)
        }
        await database.close()
        try await runner.rebuild("porter.welcomes")
        let counts = try await look { database in
            try await database.read { connection in
                try ["welcomes", "guests"].map { table in
                    try connection.first("SELECT count(*) FROM \(table)") { try $0.integer(0) }
                }
            }
        }
        #expect(counts == [0, 1])
    }

    @Test("A view is made anew also when its columns are other ones now")
    func rebuildOtherColumns() async throws {
        let runner = try runner()
        let database = try runner.openDatabase()
        try await database.migrate(
            PlatformTables.migrations + [Migration("welcomes", 1, ["CREATE TABLE welcomes (id INTEGER) STRICT"])])
        await #expect(throws: DatabaseError.self) { try await database.migrate(Porter.allMigrations) }
        await database.close()
        try await runner.rebuild("porter.welcomes")
        try await look { database in
            try await database.migrate(Porter.allMigrations)
            try await database.write { _ = try Welcome.table.insert(Welcome(name: "Tom", status: .greeted), in: $0) }
        }
    }

    @Test("No view is dropped while the service runs, and none where there is no database")
    func noRebuild() async throws {
        let runner = try runner()
        let error = await #expect(throws: ServiceEnvironment.Invalid.self) {
            try await runner.rebuild("porter.welcomes")
        }
        #expect(error?.description == "there is no database \(folder.path)/data/porter.db (DATA_DIR, DATABASE_URL)")
        let database = try runner.openDatabase()
        await #expect(throws: DatabaseError.self) { try await runner.rebuild("porter.welcomes") }
        await database.close()
        try await runner.rebuild("porter.welcomes")
    }
}
