import Persistence
import Telemetry
import Time

/// Finishes orders whose payment was interrupted, by a crash or by an answer that got lost: charged ones are placed,
/// the others removed.
struct Reconciler: Sendable {
    let database: Database
    let payments: any Payments
    let clock: Timestamp.Clock
    let log: Log

    /// Since payment was asked: longer than a charge can still happen, clocks a second apart included.
    static let settlesAfter = Duration.seconds(5)
    private static let batchSize = 100

    /// Looks once a second until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            do { try await settleAll() } catch {
                log.error("Pending orders could not be settled", ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(1))  // Throws on cancellation only, which the loop looks at.
        }
    }

    /// Settles what is due, oldest first. An order that payment gives no answer to does not hold up the others; when
    /// payment is away, the breaker ends the round.
    func settleAll() async throws {
        let due = clock() - Self.settlesAfter
        let unpaid = try await database.read {
            try Orders.unpaid(askedBefore: due, atMost: Self.batchSize, in: $0)
        }
        for order in unpaid where payments.isAvailable {
            let cause = Cause(id: "order.reconcile/\(order.key)", continuing: nil, by: "order.reconcile")
            try await Cause.$current.withValue(cause) { try await settle(order) }
        }
    }

    private func settle(_ order: Order) async throws {
        let charge = await payments.inquire(order.key)
        guard charge != .unknown else { return }
        try await database.write { transaction in
            switch charge {
            case .approved: try Orders.settle(order, in: transaction) { try $0.pay() }
            case .declined(let reason):
                try Orders.settle(order, in: transaction) { try $0.decline(reason: reason) }
            case .notCharged: try Orders.abandon(order, in: transaction)
            case .unknown: break
            }
        }
        log.info("A pending order was settled", ["orderId": order.key, "charge": "\(charge)"])
    }
}
