import Foundation
import HTTPClient
import HTTPServer
import ServiceTestSupport
import Synchronization
import Telemetry

@testable import PaymentService

/// A fake of Toss Payments on a free port: keeps payments, checks keys, repeats answers, and misbehaves as the test says.
final class TossServer: Sendable {
    static let secretKey = "test_sk_secret"

    enum Fault: Sendable {
        /// Answers so and does nothing.
        case answers(Int, String)
        /// Does it, then answers so.
        case doesAndAnswers(Int, String)
        /// Passes the gate first.
        case hangs(Gate)
        /// Charges another amount.
        case charges(Int)
    }

    struct Payment: Sendable {
        var paymentKey: String
        var orderId: String
        var amount: Int
        var status: String
    }

    struct State: Sendable {
        /// Of the next requests to a path that ends so; each is used once.
        var faults: [(path: String, fault: Fault)] = []
        var limit = 20_000
        /// The code of the refusal of each cancellation.
        var refusesToCancel: String?
        /// By order id.
        var payments: [String: Payment] = [:]
        var answers: [String: HTTPResponse] = [:]
        var charges = 0
        var refunds = 0
        var received: [HTTPRequest] = []
    }
    private let shop = TossShop()
    private let server: HTTPServer
    private let client: HTTPClient
    let wrongCharges = Metrics().counter("charges_wrong_total")

    init() throws {
        client = try HTTPClient()
        var router = Router()
        router.post("/v1/payments/confirm", shop.handle)
        router.get("/v1/payments/orders/:orderId", shop.handle)
        router.post("/v1/payments/:paymentKey/cancel", shop.handle)
        server = try HTTPServer(ServerConfiguration(port: 0), router: router)
    }

    var state: State { shop.state.withLock { $0 } }
    func change(_ change: @Sendable (inout State) -> Void) { shop.state.withLock { change(&$0) } }

    func gateway(secretKey: String = secretKey, log: Log = .silent) -> TossPayments {
        TossPayments(
            url: "http://127.0.0.1:\(server.port)", secretKey: secretKey, client: client,
            wrongCharges: wrongCharges, log: log,
            chargeTimeout: .milliseconds(500), timeout: .milliseconds(500))
    }

    func stop() async { await server.stop(within: .zero) }

    func fault(_ path: String, _ fault: Fault) { change { $0.faults.append((path, fault)) } }
}

extension TossServer {
    static func body(_ payment: Payment) -> String {
        #"""
        {"mId":"tvivarepublica","version":"2022-11-16","paymentKey":"\#(payment.paymentKey)",
         "orderId":"\#(payment.orderId)","status":"\#(payment.status)","totalAmount":\#(payment.amount),
         "currency":"KRW","method":"카드","cancels":null}
        """#
    }

    static func refusal(_ code: String) -> String { #"{"code":"\#(code)","message":"거절: \#(code)"}"# }
}

/// What the fake does.
private final class TossShop: Sendable {
    private typealias State = TossServer.State
    private typealias Payment = TossServer.Payment
    let state = Mutex(TossServer.State())

    @Sendable func handle(_ request: HTTPRequest) async throws -> HTTPResponse {
        let fault = state.withLock { state -> TossServer.Fault? in
            state.received.append(request)
            let place = state.faults.firstIndex { request.path.contains($0.path) }
            return place.map { state.faults.remove(at: $0).fault }
        }
        switch fault {
        case nil: return try perform(request)
        case .answers(let status, let body): return Self.json(status, body)
        case .doesAndAnswers(let status, let body):
            _ = try perform(request)
            return Self.json(status, body)
        case .hangs(let gate):
            await gate.pass()
            return try perform(request)
        case .charges(let amount): return try perform(request, charging: amount)
        }
    }

    private func perform(_ request: HTTPRequest, charging amount: Int? = nil) throws -> HTTPResponse {
        let expected = "Basic " + Data("\(TossServer.secretKey):".utf8).base64EncodedString()
        guard request.headers["Authorization"] == expected else { return Self.refusal(401, "UNAUTHORIZED_KEY") }
        return try state.withLock { state in
            if request.method == "GET" {
                let id = try request.parameter("orderId")
                return state.payments[id].map(Self.payment) ?? Self.refusal(404, "NOT_FOUND_PAYMENT")
            }
            guard let key = request.headers["Idempotency-Key"] else { return Self.refusal(400, "INVALID_REQUEST") }
            if let known = state.answers[key] { return known }
            let answer =
                try request.path.hasSuffix("confirm")
                ? Self.confirm(request, charging: amount, &state) : Self.cancel(request, &state)
            state.answers[key] = answer
            return answer
        }
    }

    private static func confirm(_ request: HTTPRequest, charging amount: Int?, _ state: inout State) throws
        -> HTTPResponse
    {
        let body = try JSON.parse(request.body)
        guard let paymentKey = body["paymentKey"]?.text, let orderId = body["orderId"]?.text,
            let asked = body["amount"]?.int
        else { return refusal(400, "INVALID_REQUEST") }
        guard state.payments[orderId] == nil else { return refusal(400, "ALREADY_PROCESSED_PAYMENT") }
        guard asked <= state.limit else { return refusal(403, "REJECT_CARD_PAYMENT") }
        state.charges += 1
        let payment = Payment(paymentKey: paymentKey, orderId: orderId, amount: amount ?? asked, status: "DONE")
        state.payments[orderId] = payment
        return self.payment(payment)
    }

    private static func cancel(_ request: HTTPRequest, _ state: inout State) throws -> HTTPResponse {
        let key = try request.parameter("paymentKey")
        guard try JSON.parse(request.body)["cancelReason"]?.text?.isEmpty == false else {
            return refusal(400, "INVALID_REQUEST")
        }
        guard let orderId = state.payments.values.first(where: { $0.paymentKey == key })?.orderId else {
            return refusal(404, "NOT_FOUND_PAYMENT")
        }
        if let code = state.refusesToCancel { return refusal(403, code) }
        guard state.payments[orderId]?.status == "DONE" else { return refusal(400, "ALREADY_CANCELED_PAYMENT") }
        state.refunds += 1
        state.payments[orderId]?.status = "CANCELED"
        return state.payments[orderId].map(payment) ?? refusal(404, "NOT_FOUND_PAYMENT")
    }

    private static func payment(_ payment: Payment) -> HTTPResponse { json(200, TossServer.body(payment)) }

    private static func refusal(_ status: Int, _ code: String) -> HTTPResponse {
        json(status, TossServer.refusal(code))
    }

    private static func json(_ status: Int, _ body: String) -> HTTPResponse {
        HTTPResponse(status: status, headers: [("Content-Type", "application/json")], body: Data(body.utf8))
    }
}
