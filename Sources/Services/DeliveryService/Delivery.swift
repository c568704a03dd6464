import Events
import Messaging
import Persistence
import Time

/// An accepted order on its way to the customer: the search for a rider, and the ride.
struct Delivery: Aggregate {
    var id = 0
    var version = 1
    let trip: Trip
    var status = Status.scheduled
    var kitchen = Kitchen.waiting
    /// When the food will be ready, ISO 8601.
    var cmpltTime: String
    /// Of the delay that `cmpltTime` is from; 0 before there was any.
    var delayVersion = 0
    /// Who has accepted.
    var riderId: Int?
    /// Of offers; each one asks twice as many riders.
    var round = 0
    /// Whether it was told that nobody is free; until somebody is.
    var isAwaited = false
    /// When the present status ends by itself.
    var until = Timestamp(milliseconds: 0)
    /// When the search is given up; meaningful while there is one.
    var searchUntil: Timestamp?
    /// ISO 8601.
    var deliveredAt: String?
    /// Why it was canceled or failed, for the customer.
    var reason: String?

    var key: String { trip.orderId }

    /// The riders' moves that are legal now.
    var moves: [Move] {
        let legal = Self.states.moves(from: status).filter {
            [.accept, .decline, .release, .pick, .deliver].contains($0)
        }
        return kitchen == .cooked ? legal : legal.filter { $0 != .pick }
    }

    /// Where riders who look for work find it; `nil` when there is none to be had.
    var openCell: Int? {
        [.scheduled, .searching, .offered].contains(status) ? Grid.cell(of: trip.store) : nil
    }
}

/// The life of a delivery: its statuses, its moves, and what leads where.
extension Delivery {
    /// The words on the wire.
    enum Status: String, CaseIterable, ColumnValue {
        case scheduled = "riderWait"
        case searching = "riderSearch"
        case offered = "riderOffer"
        case assigned = "riderAssign"
        case pickedUp = "deliveryStart"
        case delivered = "deliveryCmplt"
        case canceled = "deliveryCxl"
        case failed = "deliveryFail"
    }

    /// How far the food is; the words are those of an order.
    enum Kitchen: String, CaseIterable, ColumnValue {
        case waiting = "orderAccept"
        case cooking = "cookStart"
        case cooked = "cookCmplt"
    }

    enum Move: String, CaseIterable {
        case search, offer, accept, decline, release, pick, deliver, cancel, fail, delay, cook
    }

    /// The whole state machine; a pair that is missing here is an illegal move.
    static let states = StateMachine<Status, Move> { status, move in
        switch (status, move) {
        case (.scheduled, .search), (.searching, .search), (.offered, .search), (.assigned, .release): .searching
        case (.scheduled, .offer), (.searching, .offer), (.offered, .offer), (.offered, .decline): .offered
        case (.offered, .accept): .assigned
        case (.assigned, .pick): .pickedUp
        case (.pickedUp, .deliver): .delivered
        case (.delivered, _), (.canceled, _), (.failed, _): nil
        case (_, .cancel): .canceled
        case (_, .fail): .failed
        case (.pickedUp, _): nil
        case (_, .delay), (_, .cook): status
        default: nil
        }
    }
}

/// The waits, each owned by its status.
extension Delivery {
    static let startSearch = "delivery.startSearch"
    static let searchAgain = "delivery.searchAgain"
    static let lapse = "delivery.lapseOffers"
    static let giveUp = "delivery.giveUpSearch"
    static let pickUp = "delivery.awaitPickUp"
    static let arrive = "delivery.awaitArrival"

    var waits: [Wait] {
        let giveUp = searchUntil.map { [Wait(Self.giveUp, until: $0)] } ?? []
        return switch status {
        case .scheduled: [Wait(Self.startSearch, until: until)]
        case .searching: [Wait(Self.searchAgain, until: until)] + giveUp
        case .offered: [Wait(Self.lapse, until: until)] + giveUp
        // The store sees to it that the food is cooked, or cancels the order.
        case .assigned: kitchen == .cooked ? [Wait(Self.pickUp, until: until)] : []
        case .pickedUp: [Wait(Self.arrive, until: until)]
        case .delivered, .canceled, .failed: []
        }
    }
}
