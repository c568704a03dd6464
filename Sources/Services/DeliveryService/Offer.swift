import Events
import Persistence

/// A delivery that one rider was asked to take.
struct Offer: Versioned, Equatable {
    var id = 0
    var version = 1
    let deliveryId: Int
    let riderId: Int
    /// Metres to the store when it was offered.
    let distance: Int
    private(set) var status = Status.open

    enum Status: String, CaseIterable, ColumnValue {
        case open, accepted
        /// They said no, or accepted and gave it back.
        case declined
        /// Nobody answered in time; or they accepted, and did not come.
        case lapsed
        /// Somebody else was faster, or there is nothing to deliver any more.
        case closed
    }
    enum Move: String, CaseIterable { case accept, decline, lapse, close }

    /// The whole state machine; a pair that is missing here is an illegal move.
    static let states = StateMachine<Status, Move> { status, move in
        switch (status, move) {
        case (.open, .accept): .accepted
        case (.open, .decline), (.accepted, .decline): .declined
        case (.open, .lapse), (.accepted, .lapse): .lapsed
        case (.open, .close): .closed
        default: nil
        }
    }

    /// - Throws: ``DeliveryRefused`` 409.
    mutating func make(_ move: Move) throws(DeliveryRefused) {
        do { status = try Self.states.status(after: move, from: status) } catch { throw .offer(status) }
    }
}

extension Offer {
    init(id: Int, version: Int, deliveryId: Int, riderId: Int, distance: Int, _ status: Status) {
        self.init(id: id, version: version, deliveryId: deliveryId, riderId: riderId, distance: distance)
        self.status = status
    }
}
