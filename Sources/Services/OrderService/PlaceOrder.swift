import Contracts
import HTTPServer
import Messaging
import Persistence
import Time

/// Takes an order: the first step of the saga, and the only one with a synchronous call.
///
/// The order is committed as *payment pending* before payment is asked, and as *placed* together with its event after
/// payment said yes. Whatever is interrupted in between is finished by the ``Reconciler``.
struct PlaceOrder: Sendable {
    let database: Database
    let payments: any Payments
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

    /// - Returns: the placed order; the same again for a repetition of the same request.
    /// - Throws: ``InvalidFields`` 422, ``PaymentDeclined`` 402, ``PaymentUnavailable`` 503, ``PaymentUnanswered``
    ///   503, ``StillRunning`` 409, ``KeyReused`` 422, ``MenuUnknown`` 503.
    func callAsFunction(_ form: OrderForm, fingerprint: String, key: String?) async throws -> Order {
        let orderId = form.orderId ?? key.map { "key-\($0)" } ?? newId()
        let canCharge = payments.isAvailable
        let start = try await database.write { transaction in
            if let known = try Orders.all.find(orderId, in: transaction) {
                return try again(known, fingerprint, canCharge, in: transaction)
            }
            let details = try form.checked(orderId: orderId, in: transaction)
            guard canCharge else { throw PaymentUnavailable() }
            let order = Order(details, fingerprint: fingerprint, askedAt: transaction.now)
            return .charge(try Orders.all.insert(order, in: transaction), isFirst: true)
        }
        switch start {
        case .answered(let order): return order
        case .charge(let order, let isFirst): return try await charge(order, isFirst)
        }
    }

    /// The order is known: the request is a repetition, or somebody else took its id.
    private func again(
        _ known: Order, _ fingerprint: String, _ canCharge: Bool, in transaction: Transaction
    ) throws -> Start {
        guard known.fingerprint == fingerprint || known.fingerprint.isEmpty else { throw KeyReused(orderId: known.key) }
        if known.status == .declined { throw PaymentDeclined(reason: known.reason ?? "") }
        guard known.status == .pending else { return .answered(known) }
        guard transaction.now - known.askedAt > Self.runsFor else { throw StillRunning() }
        // The earlier attempt may have charged, so this order cannot be told that nobody did.
        guard canCharge else { throw PaymentUnanswered(orderId: known.key) }
        let asked = try Orders.askAgain(known, in: transaction)
        return .charge(asked, isFirst: false)
    }

    /// An attempt that certainly did not charge says nothing of an earlier one whose answer got lost.
    private func charge(_ order: Order, _ isFirst: Bool) async throws -> Order {
        switch await payments.charge(order.details, expires: order.askedAt + Self.chargeWithin) {
        case .approved: return try await place(order)
        case .declined(let reason):
            try await database.write { transaction in
                try Orders.settle(order, in: transaction) { try $0.decline(reason: reason) }
            }
            throw PaymentDeclined(reason: reason)
        case .notCharged where isFirst:
            try await database.write { try Orders.abandon(order, in: $0) }
            throw PaymentUnavailable()
        case .notCharged, .unknown: throw PaymentUnanswered(orderId: order.key)
        }
    }

    /// The event `PaymentApproved` may have been faster; then there is nothing left to do.
    private func place(_ order: Order) async throws -> Order {
        try await database.write { transaction in
            do { return try Orders.all.update(order, in: transaction) { try $0.pay() } } catch let error
                as DatabaseError
                where error.kind == .conflict
            {
                try Orders.settle(order, in: transaction) { try $0.pay() }
                return try Orders.all.find(order.key, in: transaction) ?? order
            }
        }
    }
}
