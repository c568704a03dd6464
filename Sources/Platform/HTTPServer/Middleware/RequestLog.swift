public import Telemetry

extension Middleware {
    /// Logs the cause of every 500, which the client does not get to see.
    ///
    /// - Parameter access: also logs one debug line per request.
    public static func log(_ log: Log, access: Bool = false) -> Middleware {
        Middleware { route, next in
            { request in
                let response = await next(request)
                if let cause = response.cause, !(cause is any HTTPFailure) {
                    log.error(
                        "request failed",
                        ["method": request.method, "uri": route.template, "error": String(reflecting: cause)])
                }
                if access {
                    log.debug(
                        "request answered",
                        ["method": request.method, "path": request.path, "status": "\(response.status)"])
                }
                return response
            }
        }
    }
}
