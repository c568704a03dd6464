import Contracts
import Events
import Messaging
import Persistence
import ServiceKit
import ServiceTestSupport
import Synchronization
import Telemetry
import Time

@testable import OrderService

typealias OrderHarness = ServiceHarness<OrderService>

/// The order of seed 002, as httpie sends it.
let transcriptOrder = #"""
    {"orderId": "a123", "custId": "hkh9405", "custAddr": "불정로 10", "custTel": "010-1234-5678",
     "orderInfo": "김치찌개:1,제육볶음:2", "totPrice": "18000"}
    """#

let transcriptDetails = OrderDetails(
    orderId: "a123", custId: "hkh9405", custAddr: "불정로 10", custTel: "010-1234-5678",
    orderInfo: "김치찌개:1,제육볶음:2",
    totPrice: 18_000, storeId: 1)

func details(_ orderId: String) -> OrderDetails {
    var details = transcriptDetails
    details.orderId = orderId
    return details
}

/// Payment, as the test wants it to answer. Charges everybody unless told.
final class PaymentsDouble: Payments {
    typealias Answer = @Sendable (OrderDetails) async -> Charge

    private struct State: Sendable {
        var charge: Answer = { _ in .approved }
        var inquiry: @Sendable (String) -> Charge = { _ in .unknown }
        var isAvailable = true
        var charged: [OrderDetails] = []
        var expiries: [Timestamp] = []
        var asked: [String] = []
    }
    private let state = Mutex(State())

    func whenCharged(_ answer: @escaping Answer) { state.withLock { $0.charge = answer } }
    func whenCharged(_ charge: Charge) { whenCharged { _ in charge } }
    func whenAsked(_ answer: @escaping @Sendable (String) -> Charge) { state.withLock { $0.inquiry = answer } }
    func whenAsked(_ charge: Charge) { whenAsked { _ in charge } }
    func shutOff(_ isOff: Bool = true) { state.withLock { $0.isAvailable = !isOff } }

    /// The orders that it was asked to charge, in order.
    var charged: [OrderDetails] { state.withLock(\.charged) }
    var expiries: [Timestamp] { state.withLock(\.expiries) }
    /// The ids that it was asked about.
    var asked: [String] { state.withLock(\.asked) }

    var isAvailable: Bool { state.withLock(\.isAvailable) }

    func charge(_ order: OrderDetails, expires: Timestamp) async -> Charge {
        let answer = state.withLock { state in
            state.charged.append(order)
            state.expiries.append(expires)
            return state.charge
        }
        return await answer(order)
    }

    func inquire(_ order: OrderDetails) async -> Charge {
        let answer = state.withLock { state in
            state.asked.append(order.orderId)
            return state.inquiry
        }
        return answer(order.orderId)
    }
}

extension ServiceHarness<OrderService> {
    /// With the demo menu announced.
    static func open(
        _ payments: PaymentsDouble = PaymentsDouble(), environment: [String: String] = [:]
    ) async throws -> OrderHarness {
        let harness = try await OrderHarness(environment) { try OrderService($0, payments: payments) }
        try await harness.announceMenu()
        return harness
    }

    /// The same database after a restart of the process.
    func restarted(
        _ payments: PaymentsDouble, environment: [String: String] = [:]
    ) async throws -> OrderHarness {
        try await OrderHarness(environment, clock: clock, database: database) {
            try OrderService($0, payments: payments)
        }
    }

    func announceMenu() async throws {
        let dishes = [("김치찌개", 6000), ("제육볶음", 6000), ("된장찌개", 5500), ("비빔밥", 7000)]
        for (index, (name, price)) in dishes.enumerated() {
            try await announce(id: index + 1, name, price: price)
        }
    }

    func announce(
        id: Int, _ name: String, price: Int, stock: Int = 100_000, soldOut: Bool? = nil, version: Int = 1,
        storeId: Int = 1
    ) async throws {
        let item = StockLevel(
            menuItemId: id, name: name, price: price, stock: stock, soldOut: soldOut, version: version)
        try await deliver(MenuItemChanged(storeId: storeId, item: item))
    }

    func reconciler(_ payments: PaymentsDouble) -> Reconciler {
        Reconciler(database: database, payments: payments, clock: clock.read, log: .silent)
    }

    func line(_ payments: PaymentsDouble) -> WaitingLine {
        WaitingLine(
            database: database, payments: payments, clock: clock.read, reconciler: reconciler(payments),
            meters: WaitingMeters(WaitingRoom(size: 0, within: .seconds(600)), metrics), log: .silent)
    }

    /// The status column of an order; `nil` when there is no row.
    func status(_ orderId: String) async throws -> Order.Status? {
        try await database.read { try Orders.all.find(orderId, in: $0)?.status }
    }

    func orderCount() async throws -> Int { try await number("SELECT count(*) FROM orders") }

    /// The events that the order context told the others.
    func placed() async throws -> [OrderPlaced] { try await published("OrderPlaced").map { try $0.decode() } }
}
