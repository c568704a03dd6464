import Events
import Persistence
import SharedKernel
import Time

/// The life of an order: its statuses, its moves, and what leads where.
extension Order {
    typealias Status = OrderStatus

    enum Move: String, CaseIterable {
        case pay, wait, retry, decline, expire, accept, reject, startCooking, finishCooking, pickUp, deliver, confirm
        case requestCancel, refuseCancel, cancel, refund
    }

    /// The whole state machine; a pair that is missing here is an illegal move.
    static let states = StateMachine<Status, Move> { status, move in
        switch (status, move) {
        // The money was taken, so an order that was given up stands all the same.
        case (.pending, .pay), (.waiting, .pay), (.expired, .pay): .paid
        case (.pending, .decline), (.waiting, .decline): .declined
        case (.pending, .wait), (.waiting, .retry): .waiting
        case (.waiting, .expire): .expired
        case (.paid, .accept): .accepted
        case (.paid, .reject): .rejected
        case (.accepted, .startCooking): .cooking
        case (.cooking, .finishCooking): .cooked
        // A rider who has the food says more than a kitchen that forgot to.
        case (.accepted, .pickUp), (.cooking, .pickUp), (.cooked, .pickUp): .pickedUp
        case (.pickedUp, .deliver): .delivered
        case (.delivered, .confirm): .finished
        case (.paid, .requestCancel), (.accepted, .requestCancel): status
        // The store also cancels an order that is not cooked or not brought.
        case (_, .cancel) where status.isOpen: .canceled
        case (.rejected, .refund), (.canceled, .refund): .refunded
        // An operator may give the money back at any time, which ends no order.
        case (_, .refuseCancel), (_, .refund):
            status.isOpen || status == .delivered || status == .finished ? status : nil
        default: nil
        }
    }
}

/// What may be done with it now.
extension Order {
    /// By the customer.
    var canCancel: Bool {
        if status == .waiting { return !isGivenUp }
        return cancellation == .none && Self.states.isLegal(.requestCancel, in: status)
    }

    static let never = Timestamp(milliseconds: 0)

    /// Payment was asked, and what became of it is not known.
    var mayBeCharged: Bool { askedAt > Self.never }

    /// It waits for its payment, and may be charged now.
    var isInLine: Bool { status == .waiting && !mayBeCharged }

    /// By its customer, or because its time was over; perhaps it is not known yet whether it was charged.
    var isGivenUp: Bool { status == .expired || [.pending, .waiting].contains(status) && wish != nil }

    /// Nobody was charged, and nobody will be.
    var isUnpaidForGood: Bool { status == .declined || status == .expired }

    var canConfirm: Bool { Self.states.isLegal(.confirm, in: status) }
}
