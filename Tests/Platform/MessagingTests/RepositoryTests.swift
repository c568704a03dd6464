import Events
import Foundation
import Persistence
import Testing
import Time

@testable import Messaging

private struct Parcel: Aggregate {
    enum Status: String, CaseIterable, ColumnValue { case packed, sent, arrived }
    enum Move: String, CaseIterable { case send, arrive }

    var id = 0
    var version = 1
    let name: String
    private(set) var status = Status.packed
    var sendBy: Timestamp?
    var arriveBy: Timestamp?

    var key: String { name }

    static let states = StateMachine<Status, Move> { status, move in
        switch (status, move) {
        case (.packed, .send): .sent
        case (.sent, .arrive): .arrived
        default: nil
        }
    }

    var wait: Wait? {
        switch status {
        case .packed: sendBy.map { Wait("parcel.send", until: $0) }
        case .sent: arriveBy.map { Wait("parcel.arrive", until: $0) }
        case .arrived: nil
        }
    }

    init(
        id: Int = 0, version: Int = 1, name: String, status: Status = .packed, sendBy: Timestamp? = nil,
        arriveBy: Timestamp? = nil
    ) {
        (self.id, self.version, self.name, self.status) = (id, version, name, status)
        (self.sendBy, self.arriveBy) = (sendBy, arriveBy)
    }

    mutating func make(_ move: Move) throws -> [any Event] {
        status = try Self.states.status(after: move, from: status)
        return [move == .send ? Greeted(name: name) : Parted(name: name) as any Event]
    }

    static let all = Repository(
        Table(
            "parcels", Parcel.init(id:version:name:status:sendBy:arriveBy:), Column("id", \.id, .id),
            Column("version", \.version, .version), Column("name", \.name, .unique, .fixed), Column("status", \.status),
            Column("send_by", \.sendBy), Column("arrive_by", \.arriveBy), isCounted: false),
        of: "parcel", key: "name")
}

/// Waits for two things at once.
private struct Guest: Aggregate {
    var id = 0
    var version = 1
    let name: String
    var meal: Timestamp?
    var train: Timestamp?

    var key: String { name }
    var waits: [Wait] {
        [meal.map { Wait("guest.meal", until: $0) }, train.map { Wait("guest.train", until: $0) }].compactMap { $0 }
    }

    static let all = Repository(
        Table(
            "guests", Guest.init(id:version:name:meal:train:), Column("id", \.id, .id),
            Column("version", \.version, .version), Column("name", \.name, .unique, .fixed), Column("meal", \.meal),
            Column("train", \.train), isCounted: false),
        of: "guest", key: "name")
}

@Suite("One way to load, change and save", .timeLimit(.minutes(5))) struct RepositoryTests {
    private let store: TestDatabase

    init() async throws {
        store = try await TestDatabase()
        try await store.database.migrate(Parcel.all.table.migrations)
    }

    private func waits() async throws -> [String] {
        try await store.texts("SELECT name || ' ' || key || ' ' || due_at FROM deadlines ORDER BY name")
    }

    @Test("A new aggregate has its id, and its events tell it")
    func insert() async throws {
        let parcel = try await store.database.write { transaction in
            try Parcel.all.insert(Parcel(name: "a"), in: transaction) { [Greeted(name: "\($0.name)\($0.id)")] }
        }
        #expect(parcel.id == 1)
        #expect(try await store.texts("SELECT key FROM outbox") == ["a1"])
        let found = try await store.database.read { try (Parcel.all.find("a", in: $0), Parcel.all.find(id: 1, in: $0)) }
        #expect(found == (parcel, parcel))
    }

    @Test("A change saves the aggregate under its next version, with its events, or nothing at all")
    func update() async throws {
        let parcel = try await store.database.write { try Parcel.all.insert(Parcel(name: "a"), in: $0) }
        let sent = try await store.database.write { transaction in
            try Parcel.all.update(parcel, in: transaction) { try $0.make(.send) }
        }
        #expect(sent.status == .sent && sent.version == 2)
        #expect(try await store.database.read { try Parcel.all.find("a", in: $0) } == sent)
        #expect(try await store.texts("SELECT type FROM outbox") == ["Greeted"])
        await #expect(throws: IllegalMove.self) {
            try await store.database.write { transaction in
                try Parcel.all.update(sent, in: transaction) { try $0.make(.send) }
            }
        }
        #expect(try await store.database.read { try Parcel.all.find("a", in: $0) } == sent)
        #expect(try await store.count("outbox") == 1)
    }

    @Test("One that was changed since it was loaded is not changed, and tells nothing")
    func stale() async throws {
        let parcel = try await store.database.write { try Parcel.all.insert(Parcel(name: "a"), in: $0) }
        try await store.database.write { transaction in
            try Parcel.all.update(parcel, in: transaction) { try $0.make(.send) }
        }
        let error = await #expect(throws: DatabaseError.self) {
            try await store.database.write { transaction in
                try Parcel.all.update(parcel, in: transaction) { try $0.make(.send) }
            }
        }
        #expect(error?.kind == .conflict)
        #expect(try await store.count("outbox") == 1)
    }

    @Test("News is followed when its time has come, waits when it is early, and changes nothing when it is late")
    func follow() async throws {
        let follow = { [store] (move: Parcel.Move) in
            try await store.database.write { transaction in
                try Parcel.all.follow("a", in: transaction) { try $0.make(move) }
            }
        }
        await #expect(throws: TooEarly("there is no such parcel")) { try await follow(.send) }
        _ = try await store.database.write { try Parcel.all.insert(Parcel(name: "a"), in: $0) }
        await #expect(throws: TooEarly("the parcel is still packed")) { try await follow(.arrive) }
        try await follow(.send)
        try await follow(.send)
        #expect(try await store.texts("SELECT type FROM outbox") == ["Greeted"])
        #expect(try await store.database.read { try Parcel.all.find("a", in: $0)?.version } == 2)
        try await follow(.arrive)
        try await follow(.send)
        #expect(try await store.texts("SELECT type FROM outbox") == ["Greeted", "Parted"])
    }

    @Test("A wait begins with its status, moves with it and ends with it")
    func waiting() async throws {
        let now = store.clock.now()
        let new = Parcel(name: "a", sendBy: now + .seconds(1), arriveBy: now + .seconds(9))
        var parcel = try await store.database.write { try Parcel.all.insert(new, in: $0) }
        #expect(try await waits() == ["parcel.send a \((now + .seconds(1)).milliseconds)"])
        parcel = try await store.database.write { [parcel] transaction in
            try Parcel.all.update(parcel, in: transaction) { parcel in
                parcel.sendBy = now + .seconds(2)
                return []
            }
        }
        #expect(try await waits() == ["parcel.send a \((now + .seconds(2)).milliseconds)"])
        parcel = try await store.database.write { [parcel] transaction in
            try Parcel.all.update(parcel, in: transaction) { try $0.make(.send) }
        }
        #expect(try await waits() == ["parcel.arrive a \((now + .seconds(9)).milliseconds)"])
        _ = try await store.database.write { [parcel] transaction in
            try Parcel.all.update(parcel, in: transaction) { try $0.make(.arrive) }
        }
        #expect(try await waits() == [])
    }

    @Test("Of several waits each goes its own way")
    func severalWaits() async throws {
        try await store.database.migrate(Guest.all.table.migrations)
        let now = store.clock.now()
        func texts(_ meal: Int?, _ train: Int?) -> [String] {
            [("meal", meal), ("train", train)].compactMap { name, seconds in
                seconds.map { "guest.\(name) a \((now + .seconds($0)).milliseconds)" }
            }
        }
        var guest = Guest(name: "a", meal: now + .seconds(1), train: now + .seconds(9))
        guest = try await store.database.write { [guest] in try Guest.all.insert(guest, in: $0) }
        #expect(try await waits() == texts(1, 9))
        let changes: [(meal: Int?, train: Int?)] = [(2, 9), (nil, 9), (3, 8), (3, nil), (nil, nil)]
        for (meal, train) in changes {
            guest = try await store.database.write { [guest] transaction in
                try Guest.all.update(guest, in: transaction) { guest in
                    (guest.meal, guest.train) = (meal.map { now + .seconds($0) }, train.map { now + .seconds($0) })
                    return []
                }
            }
            #expect(try await waits() == texts(meal, train))
        }
    }
}
