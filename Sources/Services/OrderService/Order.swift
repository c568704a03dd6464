import Contracts
import Events

/// One customer order, from the payment to the food.
struct Order: Equatable, Sendable {
    enum Status: String, CaseIterable, Sendable {
        case payWait, declined, orderCmplt, orderAccept, cookStart, cookCmplt, orderReject, payCxl

        /// The word on the wire. A declined order ends like a refunded one: nobody holds the customer's money.
        var word: String { self == .declined ? Status.payCxl.rawValue : rawValue }
    }
    enum Move: CaseIterable, Sendable { case pay, decline, accept, reject, startCooking, finishCooking, refund }

    let details: OrderDetails
    private(set) var status: Status
    /// When the owner says the food will be ready, ISO 8601.
    var cmpltTime: String?
    /// Why it was declined or rejected, for the customer.
    var reason: String?

    init(_ details: OrderDetails, status: Status = .payWait, cmpltTime: String? = nil, reason: String? = nil) {
        (self.details, self.status, self.cmpltTime, self.reason) = (details, status, cmpltTime, reason)
    }

    /// The whole state machine; a pair that is missing here is an illegal move.
    static func next(_ status: Status, _ move: Move) -> Status? {
        switch (status, move) {
        case (.payWait, .pay): .orderCmplt
        case (.payWait, .decline): .declined
        case (.orderCmplt, .accept): .orderAccept
        case (.orderCmplt, .reject): .orderReject
        case (.orderAccept, .startCooking): .cookStart
        case (.cookStart, .finishCooking): .cookCmplt
        case (.orderReject, .refund): .payCxl
        default: nil
        }
    }

    /// The same table, which also tells news that is early from news that is late.
    static let states = StateMachine(next)

    /// Makes a move that is legal now; any other changes nothing.
    /// - Returns: the events to publish, in the transaction that saves the order; `nil` when nothing changed.
    mutating func make(_ move: Move) -> [any Event]? {
        guard let next = Self.next(status, move) else { return nil }
        status = next
        return move == .pay ? [OrderPlaced(details)] : []
    }
}
