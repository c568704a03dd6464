import HTTPClient
import Telemetry

/// What Toss' answers mean to a charge and to a refund.
extension TossPayments {
    /// Of a confirmation.
    func meaning(of response: ClientResponse, _ charge: Charge) async -> ChargeAnswer {
        if response.status == 200 { return await verified(response, charge) }
        guard (400..<500).contains(response.status), let refusal = TossRefusal(response) else { return .unknown }
        switch (response.status, refusal.code) {
        case (401, _):
            log.error("The provider does not know our secret key", ["code": refusal.code])
            return .notReached
        case (429, _): return .notReached
        case (408, _), (409, _), (425, _): return .unknown
        case (_, "ALREADY_PROCESSED_PAYMENT"):
            let found = await find(charge)
            return found == .notReached ? .unknown : found
        default: return .declined(reason: refusal.message)
        }
    }

    /// Of a payment, confirmed or found: the money must have been taken for this order, and as much as it costs. What was
    /// taken otherwise is given back; what has neither our order nor our key is somebody else's.
    func verified(_ response: ClientResponse, _ charge: Charge) async -> ChargeAnswer {
        guard let payment = TossPayment(response) else { return .unknown }
        switch payment.status {
        case "DONE" where payment.isFor(charge): return .approved
        case "DONE":
            log.error("The provider has charged something else", ["orderId": charge.orderId])
            wrongCharges.increment()
            guard payment.isOurs(charge) else { return .unknown }
            var wrong = charge
            wrong.paymentKey = payment.paymentKey
            let reason = "결제 금액이 주문과 다릅니다."
            return await cancel(wrong, reason: reason) == .done ? .declined(reason: reason) : .unknown
        case "CANCELED", "ABORTED", "EXPIRED": return .declined(reason: "결제가 취소되었거나 만료되었습니다.")
        default: return .unknown
        }
    }

    /// Of a cancellation.
    func meaning(ofCancel response: ClientResponse, _ charge: Charge) -> RefundAnswer {
        if response.status == 200 {
            // Whatever the amount was: one that is wrong is given back as well.
            guard let payment = TossPayment(response), payment.paymentKey == charge.paymentKey else { return .unknown }
            return payment.status == "CANCELED" ? .done : .unknown
        }
        guard (400..<500).contains(response.status), let refusal = TossRefusal(response) else { return .unknown }
        switch (response.status, refusal.code) {
        case (_, "ALREADY_CANCELED_PAYMENT"): return .done
        case (408, _), (409, _), (425, _), (429, _): return .unknown
        default: return .refused(reason: "\(refusal.code): \(refusal.message)")
        }
    }
}
