import Contracts
import HTTPServer
import Messaging
import Persistence
import SharedKernel
import Time

/// Takes an order: the first step of the saga, and the only one with a synchronous call.
///
/// The order is committed as *payment pending* before payment is asked, and as *placed* together with its event after
/// payment said yes. Whatever is interrupted in between is finished by the ``Reconciler``. While payment is away, orders
/// wait in the ``WaitingRoom``.
struct PlaceOrder: Sendable {
    let database: Database
    let payments: any Payments
    let room: WaitingRoom
    /// Makes an order id where the customer sends none.
    let newId: @Sendable () -> String

    /// Payment does not charge later than this after it was asked.
    static let chargeWithin = Duration.seconds(2)
    /// Within this time a repetition of the request is told that the first one still runs.
    private static let runsFor = Duration.seconds(3)

    private enum Start {
        case charge(Order, isFirst: Bool)
        case answered(Order)
    }

    /// - Returns: the order, placed or waiting; the same again for a repetition of the same request.
    /// - Throws: ``InvalidFields`` 422, ``PaymentDeclined`` 402, ``PaymentUnavailable`` 503, ``PaymentUnanswered``
    ///   503, ``StillRunning`` 409, ``KeyReused`` 422, ``MenuUnknown`` 503.
    func place(_ form: OrderForm, fingerprint: String, key: String?) async throws -> Order {
        let orderId = form.orderId ?? key.map { "key-\($0)" } ?? newId()
        let canCharge = payments.isAvailable
        let start = try await database.write { transaction in
            if let known = try Orders.all.find(orderId, in: transaction) {
                return try again(known, form, fingerprint, canCharge, in: transaction)
            }
            let details = try form.checked(orderId: orderId, in: transaction)
            guard canCharge else {
                guard let order = try room.admit(Order(details, fingerprint: fingerprint), in: transaction) else {
                    throw PaymentUnavailable()
                }
                return .answered(order)
            }
            let order = Order(details, fingerprint: fingerprint, askedAt: transaction.now)
            return .charge(try Orders.all.insert(order, in: transaction), isFirst: true)
        }
        let order =
            switch start {
            case .answered(let order): order
            case .charge(let order, let isFirst): try await charge(order, isFirst)
            }
        if order.isUnpaidForGood { throw PaymentDeclined(reason: order.reason ?? "") }
        return order
    }

    /// The order is known: the request is a repetition, or somebody else took its id.
    private func again(
        _ known: Order, _ form: OrderForm, _ fingerprint: String, _ canCharge: Bool, in transaction: Transaction
    ) throws -> Start {
        let isTheSame = known.fingerprint.isEmpty ? form.asks(for: known.details) : known.fingerprint == fingerprint
        guard isTheSame else { throw KeyReused(orderId: known.key) }
        guard known.status == .pending else { return .answered(known) }
        guard transaction.now - known.askedAt > Self.runsFor else { throw StillRunning() }
        // The earlier attempt may have charged, so this order cannot be told that nobody did.
        guard canCharge else {
            guard let order = try room.admit(known, in: transaction) else {
                throw PaymentUnanswered(orderId: known.key)
            }
            return .answered(order)
        }
        let asked = try Orders.askAgain(known, in: transaction)
        return .charge(asked, isFirst: false)
    }

    private func charge(_ order: Order, _ isFirst: Bool) async throws -> Order {
        let charge = await payments.charge(order.details, expires: order.askedAt + Self.chargeWithin)
        switch charge {
        case .approved: return try await finish(order)
        case .declined(let reason):
            try await database.write { try Orders.settle(order, as: charge, in: $0) }
            throw PaymentDeclined(reason: reason)
        case .notCharged, .unknown:
            // An attempt that certainly did not charge says nothing of an earlier one whose answer got lost.
            let isCertain = charge == .notCharged && isFirst
            if let order = try await database.write({ try wait(order, isCertain, in: $0) }) { return order }
            if isCertain { throw PaymentUnavailable() }
            throw PaymentUnanswered(orderId: order.key)
        }
    }

    /// - Returns: `nil` when there is no room.
    private func wait(_ order: Order, _ isCertain: Bool, in transaction: Transaction) throws -> Order? {
        var known = try Orders.all.find(order.key, in: transaction)
        if let pending = known, pending.status == .pending { known = try room.admit(pending, in: transaction) }
        if isCertain {
            try Orders.release(order, in: transaction)
            known = try Orders.all.find(order.key, in: transaction)
        }
        return known
    }

    /// The event `PaymentApproved` may have been faster; then there is nothing left to do.
    private func finish(_ order: Order) async throws -> Order {
        try await database.write { transaction in
            do { return try Orders.all.update(order, in: transaction) { try $0.pay() } } catch let error
                as DatabaseError
                where error.kind == .conflict
            {
                try Orders.settle(order, as: .approved, in: transaction)
                return try Orders.all.find(order.key, in: transaction) ?? order
            }
        }
    }
}
