public import Events
public import Persistence

/// "Whenever this event happens, do that": one `@StreamListener(condition = "headers['type']=='…'")`.
public struct Policy: Sendable {
    /// Key of this policy in the inbox, for example `store.receiveOrder`. Never rename it: a new name means that
    /// every retained event is handled again.
    public let name: String
    public let eventType: String
    /// A projection only builds a view, or notes, and publishes nothing, so it may listen to its own context.
    public let isProjection: Bool
    /// What it keeps has the event's id as key, so it needs no row in the inbox to drop a repetition.
    var dropsRepeats = false
    public let react: @Sendable (EventPayload, Transaction) throws -> Void

    /// A reaction that may change state and publish events, in the transaction it is given.
    ///
    /// It throws a ``PermanentFailure`` when it can never succeed (→ dead letters); any other error is tried again.
    public static func whenever<E: Event>(
        _ event: E.Type, _ name: String, do react: @escaping @Sendable (E, Transaction) throws -> Void
    ) -> Policy {
        Policy(name: name, eventType: E.type, isProjection: false) { payload, transaction in
            try react(payload.decoded(), transaction)
        }
    }

    /// A reaction that only keeps a read model up to date.
    public static func project<E: Event>(
        _ event: E.Type, _ name: String, into view: @escaping @Sendable (E, Transaction) throws -> Void
    ) -> Policy {
        Policy(name: name, eventType: E.type, isProjection: true) { payload, transaction in
            try view(payload.decoded(), transaction)
        }
    }

    /// A reaction that only notes what somebody is to be told, and publishes nothing: a projection that sees which event it
    /// is, and since when it is true.
    public static func notice<E: Event>(
        _ event: E.Type, _ name: String, into notes: @escaping @Sendable (E, EventRecord, Transaction) throws -> Void
    ) -> Policy {
        Policy(name: name, eventType: E.type, isProjection: true) { payload, transaction in
            try notes(payload.decoded(), payload.record, transaction)
        }
    }

    /// A projection that keeps records, once for each id, and decodes only those of which it must know more.
    /// - Parameter keep: changes nothing for a record that is kept already.
    public static func record(
        _ eventType: String, _ name: String, keep: @escaping @Sendable (EventPayload, Transaction) throws -> Void
    ) -> Policy {
        Policy(name: name, eventType: eventType, isProjection: true, dropsRepeats: true, react: keep)
    }
}
