public import Events
public import Persistence
import Time

/// The thing that commands change: a value with one key, whose methods make the moves and return their events.
public protocol Aggregate: Versioned, Equatable {
    /// What its events are about: their key.
    var key: String { get }
    /// What ends its present status when nobody does anything; `nil` when it may stay.
    var wait: Wait? { get }
    /// The same, for a status in which several waits run at once, each under a name of its own.
    var waits: [Wait] { get }
}

extension Aggregate {
    public var wait: Wait? { nil }
    public var waits: [Wait] { wait.map { [$0] } ?? [] }
}

/// The aggregates of one table: loads, changes, checks the version, saves, keeps the waits and queues the events, all of
/// it in the caller's transaction or none of it.
public struct Repository<A: Aggregate>: Sendable {
    public let table: Table<A>
    /// What one of them is called, for messages.
    public let noun: String
    private let byKey: Query<A>

    /// - Parameter column: holds the key; unique.
    public init(_ table: Table<A>, of noun: String, key column: String) {
        (self.table, self.noun) = (table, noun)
        byKey = table.select("WHERE \(column) = $1")
    }

    public func find(_ key: String, in connection: any Connection) throws -> A? {
        try byKey.first(.text(key), in: connection)
    }

    public func find(id: Int, in connection: any Connection) throws -> A? { try table.find(id: id, in: connection) }

    /// Enters a new one.
    /// - Parameter events: what there is to tell of it, now that it has its id.
    /// - Throws: `DatabaseError` with a unique violation when the key is taken.
    @discardableResult
    public func insert(
        _ aggregate: A, in transaction: Transaction, events: (A) throws -> [any Event] = { _ in [] }
    ) throws -> A {
        let entered = try table.insert(aggregate, in: transaction)
        try keep(entered.waits, insteadOf: [], for: entered.key, in: transaction)
        try Outbox.append(try events(entered), in: transaction)
        return entered
    }

    /// Changes one that was loaded, perhaps in an earlier transaction.
    /// - Parameter change: makes the move and returns its events; sees the version that will be saved.
    /// - Throws: what `change` throws; `DatabaseError` of kind `conflict` when it was changed since it was loaded.
    @discardableResult
    public func update(
        _ aggregate: A, in transaction: Transaction, _ change: (inout A) throws -> [any Event]
    ) throws -> A {
        var events: [any Event] = []
        let changed = try table.change(aggregate, in: transaction) { events = try change(&$0) }
        try keep(changed.waits, insteadOf: aggregate.waits, for: changed.key, in: transaction)
        try Outbox.append(events, in: transaction)
        return changed
    }

    /// Follows what has happened elsewhere: an event, or the end of a wait. News that is late changes nothing.
    /// - Throws: ``TooEarly`` when there is no such aggregate yet, or it is not yet where the move begins.
    public func follow(
        _ key: String, in transaction: Transaction, _ change: (inout A) throws -> [any Event]
    ) throws {
        guard let aggregate = try find(key, in: transaction) else { throw TooEarly("there is no such \(noun)") }
        try follow(aggregate, in: transaction, change)
    }

    /// The same for one that was just loaded or entered.
    public func follow(
        _ aggregate: A, in transaction: Transaction, _ change: (inout A) throws -> [any Event]
    ) throws {
        do { try update(aggregate, in: transaction, change) } catch let refusal as IllegalMove {
            if refusal.isEarly { throw TooEarly("the \(noun) is still \(refusal.status)") }
        }
    }

    private func keep(_ waits: [Wait], insteadOf old: [Wait], for key: String, in transaction: Transaction) throws {
        for ended in old where !waits.contains(where: { $0.name == ended.name }) {
            try Deadlines.clear(ended.name, for: key, in: transaction)
        }
        for wait in waits where !old.contains(wait) {
            try Deadlines.set(wait.name, for: key, after: wait.until - transaction.now, in: transaction)
        }
    }
}
