import Contracts
import Events
import Persistence
import ServiceTestSupport
import Testing
import Time

@testable import StoreService

@Suite("The states of an order on the counter")
struct OrderManageStateTests {
    private typealias Status = OrderManage.Status
    private typealias Move = OrderManage.Move

    /// Written down apart from the program; every pair that is not here is illegal.
    private static let legal: [(Status, Move, Status, event: String)] = [
        (.paid, .accept, .accepted, "OrderAccepted"), (.paid, .reject, .rejected, "OrderRejected"),
        (.accepted, .startCooking, .cooking, "CookStarted"), (.cooking, .finishCooking, .cooked, "CookFinished"),
        (.accepted, .delay, .accepted, "CookDelayed"), (.cooking, .delay, .cooking, "CookDelayed"),
        (.paid, .cancel, .canceled, "OrderCanceled"), (.accepted, .cancel, .canceled, "OrderCanceled"),
        (.accepted, .giveUp, .canceled, "OrderCanceled"), (.cooking, .giveUp, .canceled, "OrderCanceled"),
        (.cooked, .giveUp, .canceled, "OrderCanceled"),
    ]
    static let pairs = OrderManage.Status.allCases.flatMap { status in
        OrderManage.Move.allCases.map { (status, $0) }
    }
    private static let store = Store(id: 1, name: "", address: "", lat: 37.5, lon: 127, isOpen: true)

    @Test("Each move leads where the table says with its event, or is illegal and changes nothing", arguments: pairs)
    func moves(_ status: OrderManage.Status, _ move: OrderManage.Move) throws {
        let before = OrderManage(details(), status: status, answerBy: Timestamp(milliseconds: 1))
        var order = before
        let make = {
            switch move {
            case .accept: try order.accept(cmpltTime: "2026-11-21T11:00:00Z", at: Self.store)
            case .reject: try order.reject(reason: "재료 소진")
            case .startCooking: try order.startCooking()
            case .finishCooking: try order.finishCooking()
            case .cancel: try order.cancel(reason: "재료 소진")
            case .giveUp: try order.giveUp(reason: "재료 소진")
            case .delay: try order.delay(cmpltTime: "2026-11-21T12:00:00Z")
            }
        }
        if let row = Self.legal.first(where: { $0.0 == status && $0.1 == move }) {
            let events = try make()
            #expect(events.map { type(of: $0).type } == [row.event])
            #expect(order.status == row.2)
        } else {
            #expect(throws: IllegalMove.self) { _ = try make() }
            #expect(order == before)
        }
    }

    /// To cancel is the customer's; a deadline gives up, or the delivery.
    static let owners = pairs.filter { isOwners($0.1) }

    private static func isOwners(_ move: Move) -> Bool { move != .cancel && move != .giveUp }

    @Test("Over HTTP a legal move is 200 and offers the next ones, an illegal one is 409", arguments: owners)
    func overHTTP(_ status: OrderManage.Status, _ move: OrderManage.Move) async throws {
        let harness = try await StoreHarness()
        try await harness.receive()
        try await harness.database.write { transaction in
            try transaction.execute("UPDATE order_manages SET status = $1", [.text(status.rawValue)])
        }
        let (before, told) = (try await harness.get("/orderManages/1"), try await harness.told())
        let (stock, entries) = (try await harness.stock(), try await harness.rows("stock_entries"))
        let answer = try await harness.move(move.rawValue)
        let after = try await harness.get("/orderManages/1")
        if let row = Self.legal.first(where: { $0.0 == status && $0.1 == move }) {
            #expect(answer.status == 200)
            #expect(answer["status"]?.text == row.2.rawValue)
            #expect(answer.links == Self.links(row.2))
            #expect(try await harness.told().dropFirst(told.count).first == row.event)
            #expect(after.json == answer.json)
            #expect(after.header("ETag") == answer.header("ETag"))
            #expect(after.header("ETag") != before.header("ETag"))
        } else {
            #expect(answer.status == 409)
            #expect(answer["message"]?.text?.isEmpty == false)
            #expect(after.json == before.json)
            #expect(after.header("ETag") == before.header("ETag"))
            #expect(try await harness.told() == told)
            #expect(try await harness.stock() == stock)
            #expect(try await harness.rows("stock_entries") == entries)
            #expect(try await harness.rows("deadlines") == 1)
        }
    }

    private static func links(_ status: Status) -> Set<String> {
        Set(legal.filter { $0.0 == status && isOwners($0.1) }.map(\.1.rawValue)).union(["self", "orderManage"])
    }

    @Test("An order links to the moves that are legal now, all the way", arguments: [true, false])
    func walk(_ isAccepted: Bool) async throws {
        let harness = try await StoreHarness()
        let order = try await harness.receive()
        #expect(order.links == ["self", "orderManage", "accept", "reject"])
        let accept = try #require(order["_links"]?["accept"]?["href"]?.text)
        #expect(accept == "http://localhost/orderManages/1/accept")
        guard isAccepted else {
            #expect(try await harness.move("reject").links == ["self", "orderManage"])
            return
        }
        for move in ["accept", "delay", "delay"] {
            #expect(try await harness.move(move).links == ["self", "orderManage", "startCooking", "delay"])
        }
        for move in ["startCooking", "delay"] {
            #expect(try await harness.move(move).links == ["self", "orderManage", "finishCooking", "delay"])
        }
        #expect(try await harness.move("finishCooking").links == ["self", "orderManage"])
        #expect(
            try await harness.told() == [
                "StockDecreased", "OrderAccepted", "CookDelayed", "CookDelayed", "CookStarted", "CookDelayed",
                "CookFinished",
            ])
    }
}
