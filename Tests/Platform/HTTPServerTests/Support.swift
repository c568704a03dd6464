import Foundation
import HTTPServer

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as nested dictionaries; empty when it is not an object.
    var object: [String: Any] { (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:] }

    /// `href` of one entry of `_links`.
    func link(_ rel: String) -> String? {
        ((object["_links"] as? [String: Any])?[rel] as? [String: Any])?["href"] as? String
    }

    /// The entries of `errors` as `field: message`.
    var errors: [String] {
        (object["errors"] as? [[String: Any]] ?? []).map { "\($0["field"] ?? ""): \($0["message"] ?? "")" }
    }
}

struct Thing: Codable, Equatable, Sendable {
    var name: String
    var price: LenientInt
    var note: String?
}

extension HTTPRequest {
    static func post(_ path: String, _ json: String, type: String? = "application/json") -> HTTPRequest {
        HTTPRequest("POST", path, headers: type.map { ["Content-Type": $0] } ?? [:], body: Data(json.utf8))
    }
}

/// The status of the first response in `text`; 0 when the connection was closed without one.
func status(_ text: String) -> Int { Int(text.dropFirst(9).prefix(3)) ?? 0 }

/// A latch that handlers wait at until the test opens it.
struct Latch: Sendable {
    private let stream: AsyncStream<Void>
    private let source: AsyncStream<Void>.Continuation
    init() { (stream, source) = AsyncStream<Void>.makeStream() }
    /// Opens for one who waits, now or later.
    func open() { source.yield() }
    func wait() async { for await _ in stream { return } }
}
