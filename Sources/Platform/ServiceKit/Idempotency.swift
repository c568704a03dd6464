public import HTTPServer
import JSONCoding
public import Persistence
public import Time

/// Answers to requests with an `Idempotency-Key`, kept so that a repetition gets the first answer again.
///
/// The answer is stored in the transaction that has the effect, so there is no moment in which one exists without the
/// other (IETF draft-ietf-httpapi-idempotency-key-header).
public enum Idempotency {
    public static let migrations = [
        Migration(
            "idempotency", 1,
            [
                """
                CREATE TABLE idempotency_keys (
                    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, headers TEXT NOT NULL,
                    body BLOB NOT NULL, answered_at INTEGER NOT NULL) STRICT, WITHOUT ROWID
                """
            ]),
        Migration(
            "idempotency", 2, ["CREATE INDEX idempotency_keys_answered_at ON idempotency_keys (answered_at)"]),
    ]

    /// Runs `answer` unless the key of the request has an answer already. Without a key it always runs.
    ///
    /// - Throws: ``IdempotencyKeyReused`` when the key came with another request before; or what `answer` throws, and
    ///   then the key stays free.
    public static func once(
        _ request: HTTPRequest, in transaction: Transaction, _ answer: () throws -> HTTPResponse
    ) throws -> HTTPResponse {
        try self.answer(to: request, in: transaction) ?? keep(try answer(), to: request, in: transaction)
    }

    /// What the key of the request was answered; `nil` for a new key, or none.
    /// - Throws: ``IdempotencyKeyReused``.
    public static func answer(to request: HTTPRequest, in transaction: Transaction) throws -> HTTPResponse? {
        guard let key = try request.idempotencyKey(), let known = try find(key, in: transaction) else { return nil }
        guard known.fingerprint == request.fingerprint else { throw IdempotencyKeyReused() }
        return known.response
    }

    /// Keeps the answer for repetitions of the request, in the transaction that has its effect. That stands also when the
    /// key got another answer meanwhile.
    /// - Returns: the answer that is kept; this one, where the key is another request's.
    public static func keep(
        _ response: HTTPResponse, to request: HTTPRequest, in transaction: Transaction
    ) throws -> HTTPResponse {
        guard let key = try request.idempotencyKey() else { return response }
        let headers = try JSONCoder.encode(response.headers.map { [$0.name, $0.value] })
        let kept = try transaction.execute(
            """
            INSERT INTO idempotency_keys (key, fingerprint, status, headers, body, answered_at)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
            """,
            [
                .text(key), .text(request.fingerprint), .integer(response.status),
                .text(String(decoding: headers, as: UTF8.self)), .blob(response.body), .time(transaction.now),
            ])
        guard kept == 0, let known = try find(key, in: transaction), known.fingerprint == request.fingerprint
        else { return response }
        return known.response
    }

    /// A `Retention.Purge`: a client that repeats a request after the retention time is a new one.
    @Sendable public static func purge(
        olderThan time: Timestamp, atMost limit: Int, in transaction: Transaction
    ) throws -> Int {
        try transaction.execute(
            """
            DELETE FROM idempotency_keys WHERE key IN
            (SELECT key FROM idempotency_keys WHERE answered_at < $1 ORDER BY answered_at LIMIT $2)
            """, [.time(time), .integer(limit)])
    }

    private static func find(
        _ key: String, in connection: any Connection
    ) throws -> (fingerprint: String, response: HTTPResponse)? {
        try connection.first(
            "SELECT fingerprint, status, headers, body FROM idempotency_keys WHERE key = $1", [.text(key)]
        ) { row in
            let pairs = try JSONCoder.decode([[String]].self, from: try row.blob(2))
            let headers = pairs.compactMap { $0.count == 2 ? (name: $0[0], value: $0[1]) : nil }
            return (try row.text(0), HTTPResponse(status: try row.integer(1), headers: headers, body: try row.blob(3)))
        }
    }
}

/// 422: the key was used for another request.
public struct IdempotencyKeyReused: HTTPFailure {
    public var problem: Problem { Problem(422, "The Idempotency-Key was used for another request") }
}
