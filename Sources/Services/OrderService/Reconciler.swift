import Persistence
import Synchronization
import Telemetry
import Time

/// Finds out what became of charges whose answer got lost, in a crash or on the way: charged orders are placed, the others
/// are free to be charged again when they wait, else removed.
final class Reconciler: Sendable {
    private let database: Database
    private let payments: any Payments
    private let clock: Timestamp.Clock
    private let log: Log
    /// The last order of the round before, which had no time for those behind it.
    private let last = Mutex<Order?>(nil)

    /// Since payment was asked: longer than a charge can still happen, clocks a second apart included.
    static let settlesAfter = Duration.seconds(5)
    private static let batchSize = 100
    /// Of a round: orders that can be charged wait behind it.
    private static let patience = Duration.seconds(5)

    init(database: Database, payments: any Payments, clock: @escaping Timestamp.Clock, log: Log) {
        (self.database, self.payments, self.clock, self.log) = (database, payments, clock, log)
    }

    /// Settles what is due, oldest first. An order that payment gives no answer to, or that cannot be settled, does not
    /// hold up the others; where answers take too long, the next round goes on behind.
    func settleAll() async throws {
        let (due, end) = (clock() - Self.settlesAfter, ContinuousClock.now + Self.patience)
        var unpaid: [Order]
        repeat {
            let last = last.withLock(\.self)
            unpaid = try await database.read {
                try Orders.unpaid(askedBefore: due, after: last, atMost: Self.batchSize, in: $0)
            }
            for order in unpaid {
                guard .now < end, !Task.isCancelled else { return }
                let cause = Cause(id: "order.reconcile/\(order.key)", continuing: nil, by: "order.reconcile")
                do { try await Cause.$current.withValue(cause) { try await settle(order) } } catch {
                    log.error("A charge could not be settled", ["orderId": order.key, "error": "\(error)"])
                }
                self.last.withLock { $0 = order }
            }
        } while !unpaid.isEmpty
        last.withLock { $0 = nil }
    }

    func settle(_ order: Order) async throws {
        let charge = await payments.inquire(order.details)
        guard charge != .unknown else { return }
        try await database.write { try Orders.settle(order, as: charge, in: $0) }
        log.info("A charge was found out about", ["orderId": order.key, "charge": "\(charge)"])
    }
}
