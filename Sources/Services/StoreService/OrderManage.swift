import Contracts
import Events
import Messaging
import Persistence
import Time

/// A paid order on the owner's counter.
struct OrderManage: Aggregate {
    var id: Int
    var version: Int
    let details: OrderDetails
    private(set) var status: Status
    /// When the owner says the food will be ready, ISO 8601.
    private(set) var cmpltTime: String?
    private(set) var reason: String?
    /// When the order is rejected unless the owner has answered.
    let answerBy: Timestamp
    let patience: Patience

    var key: String { details.orderId }

    init(
        id: Int = 0, version: Int = 1, _ details: OrderDetails, status: Status = .paid, cmpltTime: String? = nil,
        reason: String? = nil, answerBy: Timestamp, patience: Patience = Patience()
    ) {
        (self.id, self.version, self.details, self.status) = (id, version, details, status)
        (self.cmpltTime, self.reason, self.answerBy) = (cmpltTime, reason, answerBy)
        self.patience = patience
    }

    /// The owner's moves that are legal now; to cancel is the customer's, and nobody's command is to give up.
    var moves: [Move] { Self.states.moves(from: status).filter { $0 != .cancel && $0 != .giveUp } }
}

/// What the owner is waited for; a cooked order is the delivery's to wait for.
extension OrderManage {
    /// Seconds after `cmpltTime` until an order is given up.
    struct Patience: Sendable, Equatable {
        /// With an accepted one that is not cooked yet.
        var start = 3_600
        /// With one that is being cooked.
        var finish = 3_600
    }

    static let answer = "store.answer"
    static let startOfCooking = "store.startCooking"
    static let endOfCooking = "store.finishCooking"

    var wait: Wait? {
        switch status {
        case .paid: Wait(Self.answer, until: answerBy)
        case .accepted: wait(Self.startOfCooking, patience.start)
        case .cooking: wait(Self.endOfCooking, patience.finish)
        case .cooked, .rejected, .canceled: nil
        }
    }

    private func wait(_ name: String, _ seconds: Int) -> Wait? {
        cmpltTime.flatMap { Timestamp(rfc3339: $0) }.map { Wait(name, until: $0 + .seconds(seconds)) }
    }
}

/// The life of an order on the counter: its statuses, its moves, and what leads where.
extension OrderManage {
    /// The words on the wire.
    enum Status: String, CaseIterable, ColumnValue {
        case paid = "orderCmplt"
        case accepted = "orderAccept"
        case cooking = "cookStart"
        case cooked = "cookCmplt"
        case rejected = "orderReject"
        case canceled = "orderCxl"
    }
    enum Move: String, CaseIterable { case accept, reject, startCooking, delay, finishCooking, cancel, giveUp }

    /// The whole state machine; a pair that is missing here is an illegal move.
    static let states = StateMachine<Status, Move> { status, move in
        switch (status, move) {
        case (.paid, .accept): .accepted
        case (.paid, .reject): .rejected
        case (.paid, .cancel), (.accepted, .cancel): .canceled
        case (.accepted, .startCooking): .cooking
        case (.accepted, .delay), (.cooking, .delay): status
        case (.cooking, .finishCooking): .cooked
        case (.accepted, .giveUp), (.cooking, .giveUp), (.cooked, .giveUp): .canceled
        default: nil
        }
    }
}

/// The moves. Each returns the events to publish in the transaction that saves the order; an illegal one changes nothing.
extension OrderManage {
    /// - Parameter cmpltTime: ISO 8601 with offset.
    mutating func accept(cmpltTime: String, at store: Store) throws(IllegalMove) -> [any Event] {
        try make(.accept)
        self.cmpltTime = cmpltTime
        var accepted = OrderAccepted(
            orderId: key, storeId: details.storeId, cmpltTime: cmpltTime, storeLat: store.lat, storeLon: store.lon)
        (accepted.storeName, accepted.storeAddress) = (store.name, store.address)
        (accepted.custAddr, accepted.custTel) = (details.custAddr, details.custTel)
        accepted.orderInfo = details.orderInfo
        return [accepted]
    }

    mutating func reject(reason: String) throws(IllegalMove) -> [any Event] {
        try make(.reject)
        self.reason = reason
        return [OrderRejected(orderId: key, reason: reason)]
    }

    mutating func cancel(reason: String) throws(IllegalMove) -> [any Event] {
        try make(.cancel)
        self.reason = reason
        return [OrderCanceled(orderId: key, reason: reason)]
    }

    /// What was accepted will not come to a meal at the customer's.
    mutating func giveUp(reason: String) throws(IllegalMove) -> [any Event] {
        try make(.giveUp)
        self.reason = reason
        return [OrderCanceled(orderId: key, reason: reason)]
    }

    mutating func startCooking() throws(IllegalMove) -> [any Event] {
        try make(.startCooking)
        return [CookStarted(orderId: key)]
    }

    /// - Parameter cmpltTime: ISO 8601 with offset, later or earlier than before.
    mutating func delay(cmpltTime: String) throws(IllegalMove) -> [any Event] {
        try make(.delay)
        self.cmpltTime = cmpltTime
        return [CookDelayed(orderId: key, cmpltTime: cmpltTime, version: version)]
    }

    mutating func finishCooking() throws(IllegalMove) -> [any Event] {
        try make(.finishCooking)
        return [CookFinished(orderId: key)]
    }

    private mutating func make(_ move: Move) throws(IllegalMove) {
        status = try Self.states.status(after: move, from: status)
    }
}
