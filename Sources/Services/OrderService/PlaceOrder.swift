import Contracts
import HTTPServer
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
        case charge(Orders.Stored, isFirst: Bool)
        case answered(Orders.Stored)
    }

    /// - Returns: the placed order; the same again for a repetition of the same request.
    /// - Throws: ``InvalidFields`` 422, ``PaymentDeclined`` 402, ``PaymentUnavailable`` 503, ``PaymentUnanswered``
    ///   503, ``StillRunning`` 409, ``KeyReused`` 422, ``MenuUnknown`` 503.
    func callAsFunction(_ form: OrderForm, fingerprint: String, key: String?) async throws -> Orders.Stored {
        let orderId = form.orderId ?? key.map { "key-\($0)" } ?? newId()
        let canCharge = payments.isAvailable
        let start = try await database.write { transaction in
            if let known = try Orders.find(orderId: orderId, in: transaction) {
                return try again(known, fingerprint, canCharge, in: transaction)
            }
            let details = try form.checked(orderId: orderId, in: transaction)
            guard canCharge else { throw PaymentUnavailable() }
            let stored = try Orders.insert(Order(details), fingerprint: fingerprint, in: transaction)
            return .charge(stored, isFirst: true)
        }
        switch start {
        case .answered(let stored): return stored
        case .charge(let stored, let isFirst): return try await charge(stored, isFirst)
        }
    }

    /// The order is known: the request is a repetition, or somebody else took its id.
    private func again(
        _ known: Orders.Stored, _ fingerprint: String, _ canCharge: Bool, in transaction: Transaction
    ) throws -> Start {
        guard known.fingerprint == fingerprint || known.fingerprint.isEmpty else {
            throw KeyReused(orderId: known.order.details.orderId)
        }
        if known.order.status == .declined { throw PaymentDeclined(reason: known.order.reason ?? "") }
        guard known.order.status == .payWait else { return .answered(known) }
        guard transaction.now - known.askedAt > Self.runsFor else { throw StillRunning() }
        // The earlier attempt may have charged, so this order cannot be told that nobody did.
        guard canCharge else { throw PaymentUnanswered(orderId: known.order.details.orderId) }
        try Orders.askAgain(known.order.details.orderId, in: transaction)
        var asked = known
        asked.askedAt = transaction.now
        return .charge(asked, isFirst: false)
    }

    /// An attempt that certainly did not charge says nothing of an earlier one whose answer got lost.
    private func charge(_ stored: Orders.Stored, _ isFirst: Bool) async throws -> Orders.Stored {
        switch await payments.charge(stored.order.details, expires: stored.askedAt + Self.chargeWithin) {
        case .approved: return try await place(stored)
        case .declined(let reason):
            try await database.write { try decline(stored, reason, in: $0) }
            throw PaymentDeclined(reason: reason)
        case .notCharged where isFirst:
            let unpaid = UnpaidOrder(orderId: stored.order.details.orderId, askedAt: stored.askedAt)
            try await database.write { try Orders.abandon(unpaid, in: $0) }
            throw PaymentUnavailable()
        case .notCharged, .unknown: throw PaymentUnanswered(orderId: stored.order.details.orderId)
        }
    }

    /// The event `PaymentApproved` may have been faster; then there is nothing left to do.
    private func place(_ stored: Orders.Stored) async throws -> Orders.Stored {
        try await database.write { transaction in
            if let placed = try Orders.make(.pay, on: stored, in: transaction) { return placed }
            try Orders.make(.pay, stored.order.details.orderId, in: transaction)
            return try Orders.find(id: stored.id, in: transaction) ?? stored
        }
    }

    private func decline(_ stored: Orders.Stored, _ reason: String, in transaction: Transaction) throws {
        try Orders.make(.decline, stored.order.details.orderId, in: transaction) { $0.reason = reason }
    }
}
