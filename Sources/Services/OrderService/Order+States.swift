import Events
import Persistence
import SharedKernel
import Time

/// The life of an order: its statuses, its moves, and what leads where.
extension Order {
    /// The words on the wire.
    enum Status: String, CaseIterable, ColumnValue {
        case pending = "payWait"
        /// For its turn to be paid, in the ``WaitingRoom``.
        case waiting
        case declined
        case expired
        case paid = "orderCmplt"
        case accepted = "orderAccept"
        case cooking = "cookStart"
        case cooked = "cookCmplt"
        case pickedUp = "deliveryStart"
        case delivered = "deliveryCmplt"
        case finished = "orderFinish"
        case rejected = "orderReject"
        case canceled = "orderCxl"
        case refunded = "payCxl"

        /// Before an end that the store's answer cannot change any more.
        var isOpen: Bool { [.paid, .accepted, .cooking, .cooked, .pickedUp].contains(self) }

        /// The kitchen has begun, so it is certainly too late to cancel.
        var isTooLateToCancel: Bool { [.cooking, .cooked, .pickedUp, .delivered, .finished].contains(self) }
    }

    /// What became of the customer's wish to cancel. Only goes on, beneath it the order goes its way.
    enum Cancellation: String, ColumnValue { case none, asked, refused }

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
        case (_, .refuseCancel) where status.isOpen || status == .delivered || status == .finished: status
        case (.rejected, .refund), (.canceled, .refund): .refunded
        default: nil
        }
    }
}

/// What may be done with it now.
extension Order {
    /// By the customer.
    var canCancel: Bool {
        if status == .waiting { return !mayBeCharged }
        return cancellation == .none && Self.states.isLegal(.requestCancel, in: status)
    }

    static let never = Timestamp(milliseconds: 0)

    /// Payment was asked, and what became of it is not known.
    var mayBeCharged: Bool { askedAt > Self.never }

    /// Nobody was charged, and nobody will be.
    var isUnpaidForGood: Bool { status == .declined || status == .expired }

    var canConfirm: Bool { Self.states.isLegal(.confirm, in: status) }
}

/// How far an order has come, as the customer sees it: in the order itself and in the view.
protocol ShowsProgress: ShowsRider {
    var status: Order.Status { get }
    var cancellation: Order.Cancellation { get }
}

extension ShowsProgress {
    /// The customer has asked to cancel, and the store has not answered yet.
    var isLocked: Bool { cancellation == .asked && status.isOpen }

    /// The word on the wire.
    var word: String {
        switch status {
        case _ where isLocked: "orderCxlReq"
        case .waiting: Order.Status.pending.rawValue
        // Both end like a refunded one: nobody holds the customer's money.
        case .declined, .expired: Order.Status.refunded.rawValue
        // A rider may be found before the food is cooked; until then the kitchen's word says more.
        case .cooked where riderId != nil: "riderAssign"
        default: status.rawValue
        }
    }
}
