import Synchronization
import Telemetry

extension Middleware {
    /// Runs the rest with the ``Cause`` of the request: its `traceparent`, and its `X-Request-Id` or a fresh id, which
    /// the response carries too.
    public static var trace: Middleware {
        Middleware { _, next in
            { request in
                var request = request
                request.id = RequestID.accepted(request.headers["X-Request-Id"]) ?? RequestID.fresh()
                let by = request.line
                let cause =
                    request.headers["traceparent"].map { Cause(id: request.id, continuing: $0, by: by) }
                    ?? Cause(id: request.id, traceparent: RequestID.freshTraceparent(), by: by)
                var response = await Cause.$current.withValue(cause) { [request] in await next(request) }
                response.headers.append(("X-Request-Id", request.id))
                return response
            }
        }
    }
}

extension HTTPRequest {
    /// Method and path, at most 200 bytes of them.
    fileprivate var line: String {
        let line = "\(method) \(path)"
        return line.utf8.count <= 200 ? line : String(decoding: line.utf8.prefix(200), as: UTF8.self)
    }
}

/// Ids of requests that came without one.
enum RequestID {
    private static let process = UInt64.random(in: .min ... .max)
    private static let count = Atomic<UInt64>(0)

    /// 32 hex digits: 16 random ones per process, then a count. Unique without asking the kernel for every request.
    static func fresh() -> String {
        Hex.digits(process) + Hex.digits(count.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    /// Starts a trace as cheaply: `Cause(id:continuing:)` would ask the kernel for random bytes.
    static func freshTraceparent() -> String {
        let id = fresh()
        return "00-\(id)-\(id.prefix(16))-01"
    }

    /// `id` when it is 1 to 128 letters, digits, `-`, `_`, `.`, `:`, else `nil`: it goes into logs and event headers.
    static func accepted(_ id: String?) -> String? {
        guard let id, (1...128).contains(id.utf8.count) else { return nil }
        let isClean = id.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
            default: false
            }
        }
        return isClean ? id : nil
    }
}
