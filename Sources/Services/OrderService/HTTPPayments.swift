import Contracts
import Foundation
import HTTPClient
import JSONCoding
import Resilience
import Telemetry
import Time

/// The payment service over HTTP, behind the circuit breaker.
struct HTTPPayments: Payments {
    /// Scheme and authority, for example `http://127.0.0.1:8082`.
    let url: String
    let client: HTTPClient
    let breaker: CircuitBreaker
    let log: Log

    var isAvailable: Bool {
        do {
            try breaker.checkPermitted()
            return true
        } catch { return false }
    }

    func charge(_ order: OrderDetails, expires: Timestamp) async -> Charge {
        do {
            let request = ClientRequest(
                .post, url + "/pays",
                headers: [
                    ("Content-Type", "application/json"), ("Prefer", "return=minimal"),
                    ("Request-Expires", expires.rfc3339),
                ], body: try JSONCoder.encode(order), isIdempotent: true)
            let response = try await breaker.call(classify: Self.outcome) { try await client.send(request) }
            switch response.status {
            case 201: return .approved
            case 402: return .declined(reason: Self.decoded(response, Refusal.self)?.detail ?? "")
            case 400..<500: return .notCharged
            default: return .unknown
            }
        } catch is CircuitBreaker.CallNotPermitted {
            return .notCharged
        } catch {
            log.warning("Payment gave no answer", ["orderId": order.orderId, "error": "\(error)"])
            return (error as? HTTPClientError)?.requestWasSent == false ? .notCharged : .unknown
        }
    }

    /// Beside the breaker: payment answers from its database, also while the provider behind it does not, so the answer says
    /// nothing of how a charge would fare. The callers ask one at a time.
    func inquire(_ order: OrderDetails) async -> Charge {
        do {
            let id = order.orderId.addingPercentEncoding(withAllowedCharacters: Self.unreserved) ?? ""
            let response = try await client.send(
                ClientRequest(.get, url + "/pays/search/findByOrderId?orderId=" + id))
            guard response.status == 200, let answer = Self.decoded(response, Answer.self),
                answer.orderId == order.orderId
            else {
                return response.status == 404 ? .notCharged : .unknown
            }
            guard answer.totPrice == order.totPrice else {
                log.error("The payment under an order's id is for something else", ["orderId": order.orderId])
                return .unknown  // As for its event: somebody has to look.
            }
            switch answer.status {
            case nil, "payCxlReq", "payCxl": return .approved  // Given back since, perhaps: events tell the order that.
            case "payDecline": return .declined(reason: answer.reason ?? "")
            default: return .unknown
            }
        } catch {
            return .unknown  // The reconciler asks again.
        }
    }

    /// A refusal is an answer; only a payment that cannot answer is a failure.
    private static func outcome(_ result: Result<ClientResponse, any Error>) -> CircuitBreaker.Outcome {
        switch result {
        case .success(let response): response.status < 500 ? .success : .failure
        case .failure(let error): error is CancellationError ? .ignored : .failure
        }
    }

    private struct Answer: Decodable {
        var orderId: String?
        var totPrice: Int?
        var status: String?
        var reason: String?
    }

    /// A problem document, whose `status` is a number.
    private struct Refusal: Decodable { var detail: String? }

    private static func decoded<T: Decodable>(_ response: ClientResponse, _: T.Type) -> T? {
        try? JSONCoder.decode(from: response.body)  // Garbage is no answer.
    }

    /// RFC 3986 section 2.3.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}
