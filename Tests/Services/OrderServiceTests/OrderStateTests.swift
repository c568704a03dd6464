import Contracts
import Events
import Messaging
import Persistence
import ServiceTestSupport
import SharedKernel
import Testing
import Time

@testable import OrderService

@Suite("The states of an order")
struct OrderStateTests {
    /// Written down apart from the program: `-` is a move that must change nothing.
    static let table = grid(
        """
                       pay         wait     retry    decline   expire   accept       reject       startCooking  finishCooking  pickUp         deliver        confirm      refund         requestCancel  refuseCancel   cancel
        payWait        orderCmplt  waiting  -        declined  -        -            -            -             -              -              -              -            -              -              -              -
        waiting        orderCmplt  -        waiting  declined  expired  -            -            -             -              -              -              -            -              -              -              -
        declined       -           -        -        -         -        -            -            -             -              -              -              -            -              -              -              -
        expired        orderCmplt  -        -        -         -        -            -            -             -              -              -              -            -              -              -              -
        orderCmplt     -           -        -        -         -        orderAccept  orderReject  -             -              -              -              -            orderCmplt     orderCmplt     orderCmplt     orderCxl
        orderAccept    -           -        -        -         -        -            -            cookStart     -              deliveryStart  -              -            orderAccept    orderAccept    orderAccept    orderCxl
        cookStart      -           -        -        -         -        -            -            -             cookCmplt      deliveryStart  -              -            cookStart      -              cookStart      orderCxl
        cookCmplt      -           -        -        -         -        -            -            -             -              deliveryStart  -              -            cookCmplt      -              cookCmplt      orderCxl
        deliveryStart  -           -        -        -         -        -            -            -             -              -              deliveryCmplt  -            deliveryStart  -              deliveryStart  orderCxl
        deliveryCmplt  -           -        -        -         -        -            -            -             -              -              -              orderFinish  deliveryCmplt  -              deliveryCmplt  -
        orderFinish    -           -        -        -         -        -            -            -             -              -              -              -            orderFinish    -              orderFinish    -
        orderReject    -           -        -        -         -        -            -            -             -              -              -              -            payCxl         -              -              -
        orderCxl       -           -        -        -         -        -            -            -             -              -              -              -            payCxl         -              -              -
        payCxl         -           -        -        -         -        -            -            -             -              -              -              -            -              -              -              -
        """)

    static let pairs = Order.Status.allCases.flatMap { status in Order.Move.allCases.map { (status, $0) } }

    @Test("The table names every status and every move")
    func isComplete() {
        #expect(Set(Self.table.keys) == Set(Order.Status.allCases.map(\.rawValue)))
        for row in Self.table.values { #expect(Set(row.keys) == Set(Order.Move.allCases.map { "\($0)" })) }
    }

    @Test("Each move leads where the table says, or changes nothing", arguments: pairs)
    func moves(_ status: Order.Status, _ move: Order.Move) throws {
        let expected = try #require(Self.table[status.rawValue]?["\(move)"])
        let before = Order(transcriptDetails, status: status, reason: "reason")
        var order = before
        if expected == "-" {
            #expect(throws: (any Error).self) { _ = try Self.make(move, &order) }
            #expect(order == before)
        } else {
            let events = try Self.make(move, &order)
            #expect(order.status.rawValue == expected)
            #expect(events.map { type(of: $0).type } == Self.told(move, from: status))
        }
    }

    private static func told(_ move: Order.Move, from status: Order.Status) -> [String] {
        switch (status, move) {
        case (_, .pay): ["OrderPlaced"]
        case (_, .wait): ["PaymentDeferred"]
        case (_, .expire), (.waiting, .decline): ["OrderExpired"]
        case (_, .requestCancel): ["OrderCancelRequested"]
        case (_, .confirm): ["DeliveryFinished"]
        default: []
        }
    }

    private static let later = Timestamp(milliseconds: 1_795_255_300_000)

    private static func make(_ move: Order.Move, _ order: inout Order) throws -> [any Event] {
        switch move {
        case .pay: try order.pay()
        case .wait: try order.wait(until: later)
        case .expire: try order.stopWaiting(wish: "changed")
        case .decline: try order.decline(reason: "changed")
        case .reject: try order.reject(reason: "changed")
        case .requestCancel: try order.requestCancel(reason: "changed", answerBy: later)
        case .refuseCancel: try order.refuseCancel(reason: "changed")
        case .cancel: try order.cancel(reason: "changed")
        case .deliver: try order.deliver(confirmBy: later)
        case .confirm: try order.confirm()
        case .refund: try order.refund()
        case .accept, .startCooking, .finishCooking, .pickUp, .retry: try order.go(move)
        }
    }

    @Test("The stored order moves as the table says, with its event or with none", arguments: pairs)
    func storedMoves(_ status: Order.Status, _ move: Order.Move) async throws {
        let expected = try #require(Self.table[status.rawValue]?["\(move)"])
        let harness = try await OrderHarness.open()
        try await harness.database.write { transaction in
            let order = try Orders.all.insert(Order(transcriptDetails, status: status), in: transaction)
            do { try Orders.all.update(order, in: transaction) { try Self.make(move, &$0) } } catch {
                #expect(expected == "-" && (error is IllegalMove || error is TooLateToCancel))
            }
        }
        let stored = try await harness.database.read { try Orders.all.find("a123", in: $0) }
        #expect(stored?.status.rawValue == (expected == "-" ? status.rawValue : expected))
        let hasReason = expected != "-" && [.decline, .expire, .reject, .refuseCancel, .cancel].contains(move)
        #expect(stored?.reason == (hasReason ? "changed" : nil))
        #expect(stored?.version == (expected == "-" ? 1 : 2))
        #expect(try await harness.published().count == (expected == "-" ? 0 : Self.told(move, from: status).count))
    }

    @Test("News of an unknown order comes too early")
    func unknown() async throws {
        let harness = try await OrderHarness.open()
        await #expect(throws: TooEarly.self) {
            try await harness.database.write { try Orders.all.follow("nobody", in: $0) { try $0.pay() } }
        }
    }

    @Test("A move on an order that has changed since it was read is not made")
    func stale() async throws {
        let harness = try await OrderHarness.open()
        try await harness.database.write { transaction in
            let order = try Orders.all.insert(Order(transcriptDetails), in: transaction)
            try Orders.all.update(order, in: transaction) { try $0.pay() }
            let error = #expect(throws: DatabaseError.self) {
                try Orders.all.update(order, in: transaction) { try $0.pay() }
            }
            #expect(error?.kind == .conflict)
        }
        #expect(try await harness.placed().count == 1)
    }

    /// Row name → column name → cell.
    static func grid(_ text: String) -> [String: [String: String]] {
        let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        return lines.dropFirst().reduce(into: [:]) { table, line in
            table[line[0]] = Dictionary(uniqueKeysWithValues: zip(lines[0], line.dropFirst()))
        }
    }
}
