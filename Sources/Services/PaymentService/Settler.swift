import Messaging
import Persistence
import Synchronization
import Telemetry
import Time

/// Ends every wait for a provider: looks up charges whose answer got lost, and asks for refunds until they are done.
final class Settler: Sendable {
    private let database: Database
    private let gateway: any PaymentGateway
    private let clock: Timestamp.Clock
    private let log: Log
    private let stuckRefunds = Atomic<Int>(0)

    private static let batchSize = 100
    /// Calls at a time: one that hangs does not hold up the others for long.
    private static let callsAtOnce = 10

    init(
        database: Database, gateway: any PaymentGateway, clock: @escaping Timestamp.Clock, metrics: Metrics, log: Log
    ) {
        (self.database, self.gateway, self.clock, self.log) = (database, gateway, clock, log)
        metrics.gauge("refunds_stuck") { [weak self] in Double(self?.stuckRefunds.load(ordering: .relaxed) ?? 0) }
    }

    /// Looks once a second until the task is cancelled.
    @Sendable func run() async {
        while !Task.isCancelled {
            do { try await settleAll() } catch {
                log.error("Payments could not be settled", ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(1))  // Throws on cancellation only, which the loop looks at.
        }
    }

    /// Settles what is due.
    func settleAll() async throws {
        let now = clock()
        var due = try await database.read { try Pays.due(at: now, atMost: Self.batchSize, in: $0) }[...]
        while !due.isEmpty, !Task.isCancelled {
            await withDiscardingTaskGroup { group in
                for pay in due.prefix(Self.callsAtOnce) { group.addTask { await self.settle(pay) } }
            }
            due = due.dropFirst(Self.callsAtOnce)
        }
        stuckRefunds.store(try await database.read { try Pays.stuckRefunds(in: $0) }, ordering: .relaxed)
    }

    private func settle(_ pay: Pay) async {
        do {
            if pay.status == .refunding { try await refund(pay) } else { try await lookUp(pay) }
        } catch {
            log.error("A payment could not be settled", ["orderId": pay.key, "error": "\(error)"])
        }
    }

    private func lookUp(_ pay: Pay) async throws {
        let answer = await gateway.find(pay.charge)
        switch answer {
        case .approved, .declined:
            try await database.write { try ChargeCustomer.settle(pay.key, answer, in: $0) }
        case .notReached where pay.isNotThereFinal: try await database.write { try Pays.abandon(pay, in: $0) }
        case .notReached, .unknown: return try await wait(pay)
        }
        log.info("A charge was settled", ["orderId": pay.key, "charge": "\(answer)"])
    }

    private func refund(_ pay: Pay) async throws {
        switch await gateway.cancel(pay.charge, reason: pay.reason ?? "") {
        case .done:
            try await database.write { transaction in
                try Pays.all.follow(pay.key, in: transaction) { try RefundCustomer.finish(&$0, in: transaction) }
            }
        case .unknown: try await wait(pay)
        case .refused(let reason):
            log.error("The provider refuses a refund", ["orderId": pay.key, "reason": reason])
            try await wait(pay, isRefused: true)
        }
    }

    /// Asks again later, unless something else has settled it meanwhile.
    private func wait(_ pay: Pay, isRefused: Bool = false) async throws {
        try await database.write { transaction in
            guard let known = try Pays.all.find(pay.key, in: transaction), known == pay else { return }
            try Pays.all.update(known, in: transaction) {
                $0.askLater(isRefused: isRefused, now: transaction.now)
                return []
            }
        }
        log.warning(
            "The provider owes an answer",
            ["orderId": pay.key, "status": pay.status.rawValue, "tries": "\(pay.tries + 1)"])
    }
}
