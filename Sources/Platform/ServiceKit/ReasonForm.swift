public import HTTPServer

/// Why somebody ends something, if there is a word about it.
public struct ReasonForm: Decodable, Sendable {
    private var reason: String?

    /// Of a request without a body.
    public init() {}

    /// - Parameters:
    ///   - limit: bytes.
    ///   - unsaid: where nothing is said; `nil` where something must be.
    public func checked(atMost limit: Int, unsaid: String? = nil) throws(InvalidFields) -> String {
        if reason == nil, let unsaid { return unsaid }
        guard let reason, reason.isReadable(atMost: limit) else {
            throw InvalidFields([
                .init("reason", "must be a text of at most \(limit) bytes, without control characters")
            ])
        }
        return reason
    }
}
