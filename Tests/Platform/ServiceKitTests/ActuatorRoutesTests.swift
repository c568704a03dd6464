import Events
import HTTPServer
import Messaging
import Persistence
import Telemetry
import Testing
import Time

@testable import ServiceKit

/// What the probes and the monitoring are told.
@Suite struct ActuatorRoutesTests {
    private let database: Database
    private let health = Health()
    private var router = Router()

    init() async throws {
        database = try await makeDatabase()
        ActuatorRoutes(
            name: "porter", version: "1.2.3", database: database, health: health, metrics: Metrics(),
            clock: Timestamp.now
        ).add(to: &router)
    }

    /// Status and body.
    private func get(_ path: String) async -> String {
        let response = await router.respond(to: HTTPRequest("GET", "/actuator/\(path)"))
        return "\(response.status) \(String(decoding: response.body, as: UTF8.self))"
    }

    private func overall(_ status: String, db: String = "UP", outbox: String, _ readiness: String) -> String {
        #"{"status":"\#(status)","groups":["liveness","readiness"],"components":{"#
            + #""db":{"status":"\#(db)"},"outbox":\#(outbox),"readinessState":{"status":"\#(readiness)"}}}"#
    }
    private func outbox(pending: Int, parked: Int = 0) -> String {
        #"{"status":"UP","details":{"pending":\#(pending),"parked":\#(parked)}}"#
    }

    @Test("A service that runs is up, with what waits in its outbox")
    func running() async throws {
        health.enter(.running)
        try await database.append(["Mia", "Tom", "Eve"])
        try await database.write { try $0.execute("UPDATE outbox SET parked_reason = 'too large' WHERE id = 2") }
        #expect(await get("health") == "200 " + overall("UP", outbox: outbox(pending: 2, parked: 1), "UP"))
        #expect(await get("health/readiness") == #"200 {"status":"UP"}"#)
        #expect(await get("info") == #"200 {"app":{"name":"porter","version":"1.2.3"}}"#)
        let response = await router.respond(to: HTTPRequest("GET", "/actuator/health"))
        #expect(response.header("Content-Type") == "application/vnd.spring-boot.actuator.v3+json")
    }

    @Test("A service that starts or stops takes no requests, which is no reason to kill it")
    func notRunning() async {
        #expect(
            await get("health/readiness") == #"503 {"status":"OUT_OF_SERVICE","details":{"reason":"starting"}}"#)
        health.enter(.stopping)
        #expect(
            await get("health/readiness") == #"503 {"status":"OUT_OF_SERVICE","details":{"reason":"stopping"}}"#)
        #expect(await get("health") == "503 " + overall("DOWN", outbox: outbox(pending: 0), "OUT_OF_SERVICE"))
        #expect(await get("health/liveness") == #"200 {"status":"UP"}"#)
    }

    @Test("A service whose events are lost stays out of service with the reason, until it stops")
    func eventsLost() async {
        health.eventsAreLost("some are \"gone\"")
        health.enter(.running)
        #expect(
            await get("health/readiness")
                == #"503 {"status":"OUT_OF_SERVICE","details":{"reason":"some are \"gone\""}}"#)
        health.enter(.stopping)
        #expect(health.unready == "stopping")
    }

    @Test("Without its database a service is down, and lives")
    func noDatabase() async {
        health.enter(.running)
        await database.close()
        #expect(
            await get("health/readiness")
                == #"503 {"status":"DOWN","details":{"reason":"the database cannot be read"}}"#)
        #expect(await get("health") == "503 " + overall("DOWN", db: "DOWN", outbox: #"{"status":"DOWN"}"#, "UP"))
        #expect(await get("health/liveness") == #"200 {"status":"UP"}"#)
    }

    @Test("The metrics tell what waits in the outbox")
    func metrics() async throws {
        try await database.append(["Mia", "Tom"])
        let lines = await get("prometheus").split(separator: "\n")
        #expect(lines.contains("outbox_pending 2"))
        #expect(lines.contains("outbox_parked 0"))
        #expect(lines.contains("early_events 0"))
    }
}
