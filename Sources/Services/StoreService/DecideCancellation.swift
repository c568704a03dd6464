import Contracts
import Events
import Persistence

/// The customer asks to cancel a paid order; only the store knows how far it is.
struct DecideCancellation: Sendable {
    /// Until when an order can be canceled.
    enum Limit: String, CaseIterable { case cooking, acceptance }

    let limit: Limit

    /// Cancels, or refuses for good. Says nothing of an order that the store has turned away.
    func decide(_ order: inout OrderManage, reason: String, in transaction: Transaction) throws -> [any Event] {
        switch order.status {
        case .paid: try cancel(&order, reason: reason, in: transaction)
        case .accepted where limit == .cooking: try cancel(&order, reason: reason, in: transaction)
        case .accepted: [OrderCancelRefused(orderId: order.key, reason: "주문 승인이후에는 주문취소가 불가능합니다.")]
        case .cooking, .cooked: [OrderCancelRefused(orderId: order.key, reason: "조리 시작 이후에는 주문취소가 불가능합니다.")]
        case .rejected, .canceled: []
        }
    }

    /// The stock goes back.
    private func cancel(
        _ order: inout OrderManage, reason: String, in transaction: Transaction
    ) throws -> [any Event] {
        try order.cancel(reason: reason) + [Stock.restore(order.details, in: transaction)]
    }
}
