import Persistence
import Telemetry
import Time

/// Finds out what became of charges whose answer got lost, in a crash or on the way: charged orders are placed, the others
/// are free to be charged again when they wait, else removed.
struct Reconciler: Sendable {
    let database: Database
    let payments: any Payments
    let clock: Timestamp.Clock
    let log: Log

    /// Since payment was asked: longer than a charge can still happen, clocks a second apart included.
    static let settlesAfter = Duration.seconds(5)
    private static let batchSize = 100

    /// Settles what is due, oldest first. An order that payment gives no answer to, or that cannot be settled, does not
    /// hold up the others; when payment is away, the breaker ends the round.
    func settleAll() async throws {
        let due = clock() - Self.settlesAfter
        var last: Order?
        repeat {
            let unpaid = try await database.read { [last] in
                try Orders.unpaid(askedBefore: due, after: last, atMost: Self.batchSize, in: $0)
            }
            for order in unpaid {
                guard payments.isAvailable, !Task.isCancelled else { return }
                let cause = Cause(id: "order.reconcile/\(order.key)", continuing: nil, by: "order.reconcile")
                do { try await Cause.$current.withValue(cause) { try await settle(order) } } catch {
                    log.error("A charge could not be settled", ["orderId": order.key, "error": "\(error)"])
                }
            }
            last = unpaid.last
        } while last != nil
    }

    func settle(_ order: Order) async throws {
        let charge = await payments.inquire(order.details)
        guard charge != .unknown else { return }
        try await database.write { try Orders.settle(order, as: charge, in: $0) }
        log.info("A charge was found out about", ["orderId": order.key, "charge": "\(charge)"])
    }
}
