import Events
import Testing

/// The life of a parcel: a diamond with a way back out of one of its corners, and two ends.
private enum Status: String, CaseIterable, Sendable { case ordered, packed, paid, sent, lost }
private enum Move: String, CaseIterable, Sendable { case pack, pay, send, lose }

@Suite struct StateMachineTests {
    private let parcel = StateMachine<Status, Move> { status, move in
        switch (status, move) {
        case (.ordered, .pack): .packed
        case (.ordered, .pay): .paid
        case (.packed, .pay), (.paid, .pack): .sent
        case (.packed, .lose): .lost
        default: nil
        }
    }

    @Test("A legal move is timely, one that becomes legal ahead is early, any other is late")
    func news() {
        let table: [(Status, [Move: StateMachine<Status, Move>.News])] = [
            (.ordered, [.pack: .timely, .pay: .timely, .send: .late, .lose: .early]),
            (.packed, [.pack: .late, .pay: .timely, .send: .late, .lose: .timely]),
            (.paid, [.pack: .timely, .pay: .late, .send: .late, .lose: .late]),
            (.sent, [.pack: .late, .pay: .late, .send: .late, .lose: .late]),
            (.lost, [.pack: .late, .pay: .late, .send: .late, .lose: .late]),
        ]
        for (status, row) in table {
            for (move, expected) in row { #expect(parcel.news(of: move, in: status) == expected, "\(status) \(move)") }
        }
    }

    @Test("A way around in a circle ends, and what is behind lies ahead as well")
    func circle() {
        let door = StateMachine<Status, Move> { status, move in
            switch (status, move) {
            case (.ordered, .pack): .packed
            case (.packed, .pay): .paid
            case (.paid, .send): .ordered
            default: nil
            }
        }
        for status in [Status.ordered, .packed, .paid] {
            #expect([.pack, .pay, .send].filter { door.news(of: $0, in: status) == .early }.count == 2)
            #expect(door.news(of: .lose, in: status) == .late)
        }
    }
}
