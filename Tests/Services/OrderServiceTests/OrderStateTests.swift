import Contracts
import Events
import Persistence
import ServiceTestSupport
import Testing

@testable import OrderService

@Suite("The states of an order")
struct OrderStateTests {
    /// Written down apart from the program: `-` is a move that must change nothing.
    static let table = grid(
        """
                     pay         decline   accept       reject       startCooking  finishCooking  refund
        payWait      orderCmplt  declined  -            -            -             -              -
        declined     -           -         -            -            -             -              -
        orderCmplt   -           -         orderAccept  orderReject  -             -              -
        orderAccept  -           -         -            -            cookStart     -              -
        cookStart    -           -         -            -            -             cookCmplt      -
        cookCmplt    -           -         -            -            -             -              -
        orderReject  -           -         -            -            -             -              payCxl
        payCxl       -           -         -            -            -             -              -
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
        let before = Order(seedDetails, status: status, reason: "reason")
        var order = before
        let events = order.make(move)
        if expected == "-" {
            #expect(events == nil)
            #expect(order == before)
        } else {
            #expect(order.status.rawValue == expected)
            #expect(events?.map { type(of: $0).type } == (move == .pay ? ["OrderPlaced"] : []))
        }
    }

    @Test("The stored order moves as the table says, with its event or with none", arguments: pairs)
    func storedMoves(_ status: Order.Status, _ move: Order.Move) async throws {
        let expected = try #require(Self.table[status.rawValue]?["\(move)"])
        let bench = try await OrderBench.open()
        try await bench.database.write { transaction in
            _ = try Orders.insert(Order(seedDetails, status: status), fingerprint: "", in: transaction)
            #expect(try Orders.make(move, "a123", in: transaction) { $0.reason = "changed" })
        }
        let stored = try await bench.database.read { try Orders.find(orderId: "a123", in: $0) }
        #expect(stored?.order.status.rawValue == (expected == "-" ? status.rawValue : expected))
        #expect(stored?.order.reason == (expected == "-" ? nil : "changed"))
        #expect(stored?.version == (expected == "-" ? 1 : 2))
        #expect(try await bench.published().count == (expected != "-" && move == .pay ? 1 : 0))
    }

    @Test("A move on an unknown order is told apart")
    func unknown() async throws {
        let bench = try await OrderBench.open()
        #expect(try await bench.database.write { try !Orders.make(.pay, "nobody", in: $0) })
    }

    @Test("A move on an order that has changed since it was read is not made")
    func stale() async throws {
        let bench = try await OrderBench.open()
        let made = try await bench.database.write { transaction in
            let stored = try Orders.insert(Order(seedDetails), fingerprint: "", in: transaction)
            let first = try Orders.make(.pay, on: stored, in: transaction)
            let second = try Orders.make(.pay, on: stored, in: transaction)
            return (first != nil, second != nil)
        }
        #expect(made == (true, false))
        #expect(try await bench.placed().count == 1)
    }

    /// Row name → column name → cell.
    static func grid(_ text: String) -> [String: [String: String]] {
        let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        return lines.dropFirst().reduce(into: [:]) { table, line in
            table[line[0]] = Dictionary(uniqueKeysWithValues: zip(lines[0], line.dropFirst()))
        }
    }
}
