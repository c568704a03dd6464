import Synchronization
public import Telemetry

extension Middleware {
    /// Times every request as `http_server_requests_seconds{method,uri,status,outcome}`, Micrometer's name and labels.
    /// `uri` is the template of the route, so the number of series does not depend on what clients send.
    public static func metrics(_ metrics: Metrics) -> Middleware {
        Middleware { route, next in
            let timers = RouteTimers(route, metrics)
            return { request in
                let start = ContinuousClock.now
                let response = await next(request)
                timers.timer(request.method, response.status).record(.now - start)
                return response
            }
        }
    }
}

/// The timers of one route, kept so that a request does not render labels.
private final class RouteTimers: Sendable {
    private struct Entry {
        var method: String
        var status: Int
        var timer: Telemetry.Timer
    }

    private let route: Route
    private let metrics: Metrics
    private let entries = Mutex<[Entry]>([])

    init(_ route: Route, _ metrics: Metrics) { (self.route, self.metrics) = (route, metrics) }

    func timer(_ method: String, _ status: Int) -> Telemetry.Timer {
        let method = Self.methods.contains(method) ? method : "OTHER"
        return entries.withLock { entries in
            for entry in entries where entry.status == status && entry.method == method { return entry.timer }
            let timer = make(method, status)
            entries.append(Entry(method: method, status: status, timer: timer))
            return timer
        }
    }

    private func make(_ method: String, _ status: Int) -> Telemetry.Timer {
        metrics.timer(
            "http_server_requests_seconds",
            ["method": method, "uri": route.template, "status": "\(status)", "outcome": Self.outcome(status)])
    }

    private static let methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]

    private static func outcome(_ status: Int) -> String {
        switch status {
        case ..<200: "INFORMATIONAL"
        case ..<300: "SUCCESS"
        case ..<400: "REDIRECTION"
        case ..<500: "CLIENT_ERROR"
        default: "SERVER_ERROR"
        }
    }
}
