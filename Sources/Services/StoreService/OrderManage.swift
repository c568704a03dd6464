import Contracts
import Events

/// A paid order on the owner's counter.
struct OrderManage: Equatable, Sendable {
    /// The words on the wire; `orderCmplt` is "paid, waiting for the owner".
    enum Status: String, CaseIterable, Sendable { case orderCmplt, orderAccept, cookStart, cookCmplt, orderReject }
    enum Move: String, CaseIterable, Sendable { case accept, reject, startCooking, finishCooking }

    let details: OrderDetails
    private(set) var status: Status
    /// When the owner says the food will be ready, ISO 8601.
    private(set) var cmpltTime: String?
    private(set) var reason: String?

    init(_ details: OrderDetails, status: Status = .orderCmplt, cmpltTime: String? = nil, reason: String? = nil) {
        (self.details, self.status, self.cmpltTime, self.reason) = (details, status, cmpltTime, reason)
    }

    /// The whole state machine; a pair that is missing here is an illegal move.
    static func next(_ status: Status, _ move: Move) -> Status? {
        switch (status, move) {
        case (.orderCmplt, .accept): .orderAccept
        case (.orderCmplt, .reject): .orderReject
        case (.orderAccept, .startCooking): .cookStart
        case (.cookStart, .finishCooking): .cookCmplt
        default: nil
        }
    }

    /// The moves that are legal now.
    var moves: [Move] { Move.allCases.filter { Self.next(status, $0) != nil } }

    // Each returns the events to publish; the caller saves them in the same transaction as the order.

    /// - Parameter cmpltTime: ISO 8601 with offset.
    mutating func accept(cmpltTime: String, at store: Store) throws(IllegalMove) -> [any Event] {
        try make(.accept)
        self.cmpltTime = cmpltTime
        return [
            OrderAccepted(
                orderId: details.orderId, storeId: details.storeId, cmpltTime: cmpltTime, storeLat: store.lat,
                storeLon: store.lon)
        ]
    }

    mutating func reject(reason: String) throws(IllegalMove) -> [any Event] {
        try make(.reject)
        self.reason = reason
        return [OrderRejected(orderId: details.orderId, reason: reason)]
    }

    mutating func startCooking() throws(IllegalMove) -> [any Event] {
        try make(.startCooking)
        return [CookStarted(orderId: details.orderId)]
    }

    mutating func finishCooking() throws(IllegalMove) -> [any Event] {
        try make(.finishCooking)
        return [CookFinished(orderId: details.orderId)]
    }

    private mutating func make(_ move: Move) throws(IllegalMove) {
        guard let next = Self.next(status, move) else { throw IllegalMove(from: status, move: move) }
        status = next
    }
}

/// The order is not in a status that allows the move. HTTP answers 409.
struct IllegalMove: PermanentFailure, Equatable {
    var from: OrderManage.Status
    var move: OrderManage.Move
}
