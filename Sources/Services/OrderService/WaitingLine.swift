import Messaging
import Persistence
import Telemetry
import Time

/// Charges the orders of the ``WaitingRoom``, first come first served: by itself, and one at once when its customer says so.
struct WaitingLine: Sendable {
    let database: Database
    let payments: any Payments
    let clock: Timestamp.Clock
    let reconciler: Reconciler
    let meters: WaitingMeters
    let log: Log

    /// Charges at a time: soon done with a long line, and still no flood for a payment that has just come back.
    private static let most = 8

    /// Looks once a second until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            await attempt("Charges without an answer could not be settled") { try await reconciler.settleAll() }
            await attempt("Orders that wait for their payment could not be served") { try await serve() }
            await attempt("Orders that wait for their payment could not be counted") {
                try await meters.update(from: database, now: clock())
            }
            try? await Task.sleep(for: .seconds(1))  // Throws on cancellation only, which the loop looks at.
        }
    }

    private func attempt(_ failure: String, _ work: () async throws -> Void) async {
        do { try await work() } catch { log.error(failure, ["error": "\(error)"]) }
    }

    /// Charges from the front, one order first and more while payment answers. An order without an answer does not hold
    /// up those behind it; when payment is away, the breaker ends the round.
    func serve() async throws {
        var (last, atOnce) = (0, 1)
        while payments.isAvailable, !Task.isCancelled {
            let (from, count) = (last, atOnce)
            let orders = try await database.write { transaction in
                try WaitingRoom.next(after: from, atMost: count, in: transaction).map {
                    try Orders.askAgain($0, in: transaction)
                }
            }
            guard let end = orders.last else { return }
            let charges = try await charge(orders, by: "order.serveLine")
            last = end.id
            atOnce = charges.contains { $0 == .notCharged || $0 == .unknown } ? 1 : min(2 * atOnce, Self.most)
        }
    }

    /// Tries to charge one now.
    /// - Parameter find: the order, which must wait.
    /// - Returns: the order as it is then.
    func serve(_ find: @escaping @Sendable (Transaction) throws -> Order) async throws -> Order {
        let (order, isDue) = try await database.write { transaction in
            let order = try find(transaction)
            return (order, transaction.now - order.askedAt > Reconciler.settlesAfter)
        }
        guard isDue, payments.isAvailable else { return order }
        if order.mayBeCharged { try await reconciler.settle(order) }
        let asked = try await database.write { transaction -> Order? in
            guard let order = try Orders.all.find(id: order.id, in: transaction),
                order.isInLine
            else { return nil }
            return try Orders.askAgain(order, in: transaction)
        }
        if let asked { _ = try await charge([asked], by: nil) }
        return try await database.read { try Orders.all.find(id: order.id, in: $0) } ?? order
    }

    /// Asks payment; what it answers is noted in the order of the line.
    /// - Parameter task: that does it; `nil` for a request.
    private func charge(_ orders: [Order], by task: String?) async throws -> [Charge] {
        let charges = await withTaskGroup(of: (Int, Charge).self) { group in
            for (place, order) in orders.enumerated() {
                group.addTask {
                    (place, await payments.charge(order.details, expires: order.askedAt + PlaceOrder.chargeWithin))
                }
            }
            return await group.reduce(into: Array(repeating: Charge.unknown, count: orders.count)) { charges, answer in
                charges[answer.0] = answer.1
            }
        }
        try await database.write { transaction in
            for (order, charge) in zip(orders, charges) {
                if let task { transaction.cause = Cause(id: "\(task)/\(order.key)", continuing: nil, by: task) }
                try Orders.settle(order, as: charge, in: transaction)
            }
        }
        return charges
    }
}
