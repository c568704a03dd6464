import HTTPServer
import JSONCoding
import Messaging
import Persistence
import Telemetry
import Time

/// Probes and metrics under the paths of Spring Boot's actuator. The gateway does not route them.
struct ActuatorRoutes: Sendable {
    let name: String
    let version: String
    let database: Database
    let health: Health
    let metrics: Metrics
    let clock: Timestamp.Clock

    func add(to router: inout Router) {
        router.get("/actuator/health", overall)
        router.get("/actuator/health/liveness", liveness)
        router.get("/actuator/health/readiness", readiness)
        router.get("/actuator/info", info)
        router.get("/actuator/prometheus", prometheus)
    }

    private func overall(_: HTTPRequest) async throws -> HTTPResponse {
        let isWhole = (try? await database.check()) != nil
        let backlog = isWhole ? try? await database.read { try OutboxBacklog.read($0) } : nil
        let isReady = health.unready == nil
        let isUp = isReady && backlog != nil
        return answer(isUp ? 200 : 503, isUp ? "UP" : "DOWN") {
            $0.add("groups", ["liveness", "readiness"])
            $0.add("components") {
                $0.add("db") { $0.add("status", backlog == nil ? "DOWN" : "UP") }
                $0.add("outbox") { outbox in
                    outbox.add("status", backlog == nil ? "DOWN" : "UP")
                    guard let backlog else { return }
                    outbox.add("details") {
                        $0.add("pending", backlog.pending)
                        $0.add("parked", backlog.parked)
                    }
                }
                $0.add("readinessState") { $0.add("status", isReady ? "UP" : "OUT_OF_SERVICE") }
            }
        }
    }

    /// The process only: a broken database or broker is no reason to kill it.
    private func liveness(_: HTTPRequest) async throws -> HTTPResponse { answer(200, "UP") }

    /// The database, but not Kafka: the outbox is there for that.
    private func readiness(_: HTTPRequest) async throws -> HTTPResponse {
        if let reason = health.unready { return answer(503, "OUT_OF_SERVICE", reason: reason) }
        do { try await database.check() } catch {
            return answer(503, "DOWN", reason: "the database cannot be read")
        }
        return answer(200, "UP")
    }

    private func info(_: HTTPRequest) async throws -> HTTPResponse {
        answer(200) {
            $0.add("app") {
                $0.add("name", name)
                $0.add("version", version)
            }
        }
    }

    private func prometheus(_: HTTPRequest) async throws -> HTTPResponse {
        let (backlog, early) = try await database.read { (try OutboxBacklog.read($0), try EarlyEvents.count(in: $0)) }
        let age = backlog.oldest.map { Double(max(0, (clock() - $0).milliseconds)) / 1000 } ?? 0
        metrics.gauge("outbox_pending") { Double(backlog.pending) }
        metrics.gauge("outbox_parked") { Double(backlog.parked) }
        metrics.gauge("outbox_oldest_age_seconds") { age }
        metrics.gauge("early_events") { Double(early) }
        return .text(metrics.render(), contentType: "text/plain; version=0.0.4; charset=utf-8")
    }

    private func answer(_ status: Int, _ word: String, reason: String) -> HTTPResponse {
        answer(status, word) { $0.add("details") { $0.add("reason", reason) } }
    }

    private func answer(
        _ status: Int, _ word: String? = nil, _ write: (JSONObject) -> Void = { _ in }
    ) -> HTTPResponse {
        let body = JSONObject.text { document in
            if let word { document.add("status", word) }
            write(document)
        }
        return HTTPResponse(
            status: status, headers: [("Content-Type", "application/vnd.spring-boot.actuator.v3+json")], body: body)
    }
}
