import Foundation
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
        let isReady = health.unready == nil && backlog != nil
        let outbox = backlog.map { #"{"status":"UP","details":{"pending":\#($0.pending),"parked":\#($0.parked)}}"# }
        return answer(
            isReady ? 200 : 503,
            #"{"status":"\#(isReady ? "UP" : "DOWN")","groups":["liveness","readiness"],"components":{"#
                + #""db":{"status":"\#(backlog == nil ? "DOWN" : "UP")"},"outbox":\#(outbox ?? #"{"status":"DOWN"}"#),"#
                + #""readinessState":{"status":"\#(health.unready == nil ? "UP" : "OUT_OF_SERVICE")"}}}"#)
    }

    /// The process only: a broken database or broker is no reason to kill it.
    private func liveness(_: HTTPRequest) async throws -> HTTPResponse { answer(200, #"{"status":"UP"}"#) }

    /// The database, but not Kafka: the outbox is there for that.
    private func readiness(_: HTTPRequest) async throws -> HTTPResponse {
        if let reason = health.unready {
            return answer(503, #"{"status":"OUT_OF_SERVICE","details":{"reason":\#(JSONText.quoted(reason))}}"#)
        }
        do {
            try await database.check()
            return answer(200, #"{"status":"UP"}"#)
        } catch {
            return answer(503, #"{"status":"DOWN","details":{"reason":"the database cannot be read"}}"#)
        }
    }

    private func info(_: HTTPRequest) async throws -> HTTPResponse {
        answer(200, #"{"app":{"name":\#(JSONText.quoted(name)),"version":\#(JSONText.quoted(version))}}"#)
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

    private func answer(_ status: Int, _ json: String) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: [("Content-Type", "application/vnd.spring-boot.actuator.v3+json")],
            body: Data(json.utf8))
    }
}
