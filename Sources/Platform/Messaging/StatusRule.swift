public import Events
public import Persistence

/// A row of a view that shows how far something has come.
public protocol StatusRow: Record {
    associatedtype Status: Hashable & Sendable
    var status: Status { get set }
}

/// What one event makes of the row of its key.
public struct StatusRule<Row: StatusRow>: Sendable {
    /// `nil` for an event that shows none.
    let status: Row.Status?
    /// How far along the way the status is. Written out: numbers with gaps leave room for what comes between later.
    let step: Int
    let eventType: String
    let policy: @Sendable (_ name: String, StatusRows<Row>) -> Policy

    /// An event that the row begins with; the same again changes nothing. Where several can begin it, the one that comes
    /// first makes the row, and one whose status is further moves it on.
    public static func create<E: Event>(
        _ status: Row.Status, _ step: Int, on event: E.Type, _ make: @escaping @Sendable (E) -> Row
    ) -> StatusRule {
        StatusRule(status: status, step: step, eventType: E.type) { name, rows in
            .project(event, name) { event, transaction in try rows.create(make(event), of: event.key, in: transaction) }
        }
    }

    /// An event that moves the row on to `status`, unless it is further already.
    /// - Parameter fill: what the event brings, shown in any case.
    public static func show<E: Event>(
        _ status: Row.Status, _ step: Int, on event: E.Type,
        _ fill: @escaping @Sendable (inout Row, E) -> Void = { _, _ in }
    ) -> StatusRule {
        StatusRule(status: status, step: step, eventType: E.type) { name, rows in
            .project(event, name) { event, transaction in
                try rows.show(status, of: event.key, in: transaction) { fill(&$0, event) }
            }
        }
    }

    /// An event that brings something, and no status.
    public static func note<E: Event>(
        on event: E.Type, _ fill: @escaping @Sendable (inout Row, E) -> Void
    ) -> StatusRule {
        StatusRule(status: nil, step: 0, eventType: E.type) { name, rows in
            .project(event, name) { event, transaction in
                try rows.show(nil, of: event.key, in: transaction) { fill(&$0, event) }
            }
        }
    }
}

/// The table of a view whose rows have a status.
struct StatusRows<Row: StatusRow>: Sendable {
    let table: Table<Row>
    let byKey: Query<Row>
    let steps: [Row.Status: Int]

    func create(_ row: Row, of key: String, in transaction: Transaction) throws {
        guard var known = try byKey.first(.text(key), in: transaction) else {
            _ = try table.insert(row, in: transaction)
            return
        }
        guard advance(&known, to: row.status) else { return }
        try table.update(known, in: transaction)
    }

    func show(
        _ status: Row.Status?, of key: String, in transaction: Transaction, _ fill: (inout Row) -> Void
    ) throws {
        guard var row = try byKey.first(.text(key), in: transaction) else {
            throw TooEarly("the row of \(table.name) is not there")
        }
        fill(&row)
        if let status { _ = advance(&row, to: status) }
        try table.update(row, in: transaction)
    }

    /// - Returns: whether the row was not as far before.
    private func advance(_ row: inout Row, to status: Row.Status) -> Bool {
        guard steps[row.status, default: .min] < steps[status, default: .min] else { return false }
        row.status = status
        return true
    }
}

/// What one event says of rows as they stand now.
public struct LatestRule<Row: Versioned>: Sendable {
    let eventType: String
    let policy: @Sendable (_ name: String, Table<Row>) -> Policy

    /// - Parameter rows: with their ids; one that is not newer than what the view has changes nothing.
    public static func show<E: Event>(
        on event: E.Type, _ rows: @escaping @Sendable (E) -> [Row]
    ) -> LatestRule {
        LatestRule(eventType: E.type) { name, table in
            .project(event, name) { event, transaction in
                for row in rows(event) { try table.upsert(row, in: transaction) }
            }
        }
    }
}
