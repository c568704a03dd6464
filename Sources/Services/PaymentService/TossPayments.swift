import Contracts
import Foundation
import HTTPClient
import JSONCoding
import Telemetry

/// Toss Payments' core API (https://docs.tosspayments.com/reference): confirm, look up, cancel.
struct TossPayments: PaymentGateway {
    /// Scheme and authority, for example `https://api.tosspayments.com`.
    let url: String
    /// Goes into the header of each request, and nowhere else.
    let secretKey: String
    let client: HTTPClient
    /// Of something else than was asked for.
    let wrongCharges: Counter
    let log: Log
    /// Shorter than an order's patience with us.
    var chargeTimeout = Duration.milliseconds(800)
    /// Nobody waits for the other calls.
    var timeout = Duration.seconds(10)

    func begin(_ details: OrderDetails, paymentKey: String?) -> Beginning {
        guard let orderId = TossOrderId.of(details.orderId) else {
            return .declined(reason: "주문번호가 너무 길어 결제할 수 없습니다.")
        }
        return .mustCall(paymentKey: paymentKey ?? "order-\(orderId)")
    }

    func charge(_ charge: Charge) async -> ChargeAnswer {
        guard let orderId = TossOrderId.of(charge.orderId), let paymentKey = charge.paymentKey else { return .unknown }
        let body = TossConfirm(paymentKey: paymentKey, orderId: orderId, amount: charge.amount)
        do {
            let response = try await post("/v1/payments/confirm", body, key: "charge-\(orderId)", chargeTimeout)
            return await meaning(of: response, charge)
        } catch {
            return lost(error, charge)
        }
    }

    func find(_ charge: Charge) async -> ChargeAnswer {
        guard let orderId = TossOrderId.of(charge.orderId) else { return .unknown }
        do {
            let request = ClientRequest(
                .get, url + "/v1/payments/orders/\(orderId)", headers: [authorization], timeout: timeout)
            let response = try await client.send(request)
            if response.status == 200 { return await verified(response, charge) }
            // Any other 404 is somebody else's.
            let code = TossRefusal(response)?.code
            return response.status == 404 && code == "NOT_FOUND_PAYMENT" ? .notReached : .unknown
        } catch {
            _ = lost(error, charge)
            return .unknown
        }
    }

    func refundsAtOnce(_ charge: Charge) -> Bool { false }

    func cancel(_ charge: Charge, reason: String) async -> RefundAnswer {
        guard let paymentKey = charge.paymentKey, let orderId = TossOrderId.of(charge.orderId) else {
            return .refused(reason: "the embedded provider has charged it")
        }
        // An answer is repeated under its key, so after a refusal it takes another one. All of the money goes back at
        // once, and that cannot happen twice.
        let key = "refund-\(orderId)" + (charge.attempt == 0 ? "" : "-\(charge.attempt)")
        let body = TossCancel(cancelReason: reason.isEmpty ? "환불" : String(reason.prefix(200)))
        do {
            let response = try await post("/v1/payments/\(paymentKey)/cancel", body, key: key, timeout)
            return meaning(ofCancel: response, charge)
        } catch {
            _ = lost(error, charge)
            return .unknown
        }
    }

    private func post(_ path: String, _ body: some Encodable, key: String, _ timeout: Duration) async throws
        -> ClientResponse
    {
        try await client.send(
            ClientRequest(
                .post, url + path,
                headers: [authorization, ("Content-Type", "application/json"), ("Idempotency-Key", key)],
                body: try JSONCoder.encode(body), timeout: timeout, isIdempotent: true))
    }

    private var authorization: (name: String, value: String) {
        ("Authorization", "Basic " + Data("\(secretKey):".utf8).base64EncodedString())
    }

    private func lost(_ error: any Error, _ charge: Charge) -> ChargeAnswer {
        log.warning("The provider gave no answer", ["orderId": charge.orderId, "error": "\(error)"])
        return (error as? HTTPClientError)?.requestWasSent == false ? .notReached : .unknown
    }
}
