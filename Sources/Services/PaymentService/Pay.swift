import Contracts
import Events

/// The payment for one order.
struct Pay: Equatable, Sendable {
    enum Status: String, CaseIterable, Sendable {
        case approved, declined, payCxl

        /// The word on the wire; the seeds have none for a payment that stands.
        var word: String? {
            switch self {
            case .approved: nil
            case .declined: "payDecline"
            case .payCxl: "payCxl"
            }
        }
    }
    enum Move: CaseIterable, Sendable { case refund }

    let details: OrderDetails
    private(set) var status: Status
    /// Why it was declined or refunded.
    private(set) var reason: String?

    init(_ details: OrderDetails, status: Status, reason: String?) {
        (self.details, self.status, self.reason) = (details, status, reason)
    }

    /// Decides whether the customer can be charged.
    /// - Parameter limit: won; what a card is good for in one payment.
    static func decide(_ details: OrderDetails, limit: Int) -> Pay {
        details.totPrice <= limit
            ? Pay(details, status: .approved, reason: nil)
            : Pay(details, status: .declined, reason: "결제 한도 \(limit)원을 초과했습니다.")
    }

    /// The whole state machine; a pair that is missing here is an illegal move.
    static func next(_ status: Status, _ move: Move) -> Status? {
        switch (status, move) {
        case (.approved, .refund): .payCxl
        default: nil
        }
    }

    /// Gives the money back.
    /// - Returns: `false` when there is nothing to give back (any more); then nothing changed.
    mutating func refund(reason: String) -> Bool {
        guard let next = Self.next(status, .refund) else { return false }
        status = next
        self.reason = reason
        return true
    }
}
