import Events
public import Persistence

/// A read model: a table that is built from events only, by one policy for each.
public struct View: Sendable {
    /// Begins with the context, for example `order.orderInfos`; the names of its policies begin with it.
    public let name: String
    public let policies: [Policy]
    /// Of its table.
    public let migrations: [Migration]
    private let drop: @Sendable (Transaction) throws -> Void

    /// A table that its policies fill by themselves; they are named `<name>.<event>`.
    public init<Row: Record>(_ name: String, _ table: Table<Row>, _ policies: [Policy]) {
        (self.name, self.policies, migrations) = (name, policies, table.migrations)
        drop = { try table.drop(in: $0) }
    }

    /// The same for a table whose rows have other keys than ids.
    /// - Parameter migrations: their component is the table.
    public init(_ name: String, table: String, _ migrations: [Migration], _ policies: [Policy]) {
        (self.name, self.policies, self.migrations) = (name, policies, migrations)
        drop = { try Migration.drop(table, in: $0) }
    }

    /// One row per key, whose status only moves forward: a late event cannot turn "shipped" back into "paid", and what an
    /// event brings is shown whichever came first. Events that come before the row is there wait for it.
    /// - Parameter column: holds the key; unique.
    public init<Row: StatusRow>(_ name: String, _ table: Table<Row>, key column: String, _ rules: [StatusRule<Row>]) {
        let shown = rules.compactMap { rule in rule.status.map { ($0, rule.step) } }
        let steps = Dictionary(shown) { step, other in
            precondition(step == other, "a status of \(name) has two steps")
            return step
        }
        precondition(Set(steps.values).count == steps.count, "two statuses of \(name) have one step")
        let rows = StatusRows(table: table, byKey: table.select("WHERE \(column) = $1"), steps: steps)
        self.init(name, table, rules.map { $0.policy("\(name).\($0.eventType)", rows) })
    }

    /// One row per id, as it was last announced.
    public init<Row: Versioned>(_ name: String, _ table: Table<Row>, _ rules: [LatestRule<Row>]) {
        self.init(name, table, rules.map { $0.policy("\(name).\($0.eventType)", table) })
    }
}

extension View {
    /// Drops the table and forgets that its events were handled and how far the topic was read, so that the next start
    /// makes the view anew from all that the topic still holds. What other policies handled, their inbox rows still say.
    public func rebuild(in database: Database) async throws {
        try await database.write { transaction in
            try transaction.takeTime()
            try drop(transaction)
            for policy in policies { try Inbox.forget(policy.name, in: transaction) }
            try ReadMarksTable.forget(in: transaction)
        }
        try await database.migrate(migrations)
    }
}
