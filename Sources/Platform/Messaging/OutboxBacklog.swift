public import Persistence
public import Time

/// What of the outbox the broker does not have yet.
public struct OutboxBacklog: Sendable, Equatable {
    public var pending: Int
    public var parked: Int
    /// When the oldest pending row was written.
    public var oldest: Timestamp?

    public static func read(_ connection: any Connection) throws -> OutboxBacklog {
        let pending = try connection.first(
            """
            SELECT count(*), (SELECT created_at FROM outbox WHERE published_at IS NULL AND parked_reason IS NULL
                              ORDER BY id LIMIT 1)
            FROM outbox WHERE published_at IS NULL AND parked_reason IS NULL
            """
        ) { (try $0.integer(0), try $0.optionalInteger(1)) }
        let parked = try connection.first("SELECT count(*) FROM outbox WHERE parked_reason IS NOT NULL") {
            try $0.integer(0)
        }
        return OutboxBacklog(
            pending: pending?.0 ?? 0, parked: parked ?? 0, oldest: pending?.1.map { Timestamp(milliseconds: $0) })
    }
}
