import Contracts
import Persistence
import ServiceTestSupport
import Testing

@testable import OrderService

/// Pages are found by key, so a list is as quick with many rows as with few.
@Suite(.serialized) struct LongListTests {
    /// Rows as the views would have written them, `order_id` in another order than `id`.
    private func fill(_ harness: OrderHarness, _ count: Int, from first: Int = 1, in tables: String...) async throws {
        try await harness.database.write { transaction in
            for table in tables.isEmpty ? ["orders", "order_infos"] : tables {
                try transaction.execute(
                    """
                    WITH RECURSIVE numbers (n) AS (SELECT $1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $2)
                    INSERT INTO \(table) (order_id, cust_id, cust_addr, cust_tel, order_info, tot_price, store_id, status,
                                          \(table == "orders" ? "fingerprint, asked_at" : "cmplt_time, reason"))
                    SELECT substr(CAST(10000000 + n * 7919 % 1000003 AS TEXT), 2), 'c', 'a', 't', 'd:1', 1, 1, 'orderCmplt',
                           \(table == "orders" ? "'f', 0" : "NULL, NULL") FROM numbers
                    """, [.integer(first), .integer(first + count - 1)])
            }
        }
    }

    private func orderIds(_ harness: OrderHarness, _ target: String, _ plural: String = "orders") async throws
        -> [String]
    {
        let answer = try await harness.get(target)
        #expect(answer.status == 200)
        return answer.embedded(plural).compactMap { $0["orderId"]?.text }
    }

    /// What the database says without any index of ours.
    private func expected(_ harness: OrderHarness, _ order: String, _ page: Int, _ size: Int) async throws -> [String] {
        try await harness.database.read { connection in
            try connection.query(
                "SELECT order_id FROM orders ORDER BY \(order) LIMIT $1 OFFSET $2",
                [.integer(size), .integer(page * size)]
            ) { try $0.text(0) }
        }
    }

    private func total(_ answer: Answer) -> JSON? { answer["page"]?["totalElements"] }

    @Test(
        "Every page of every order holds what the table holds, also after rows were removed", arguments: [1, 7, 1000])
    func pages(_ size: Int) async throws {
        let harness = try await OrderHarness.open()
        try await fill(harness, 3000)
        try await harness.database.write { transaction in
            try transaction.execute("DELETE FROM orders WHERE id IN (1, 256, 257, 900, 2816, 2999) OR id % 500 < 3")
        }
        try await fill(harness, 700, from: 5000)
        let count = try await harness.orderCount()
        for order in ["id", "id DESC", "order_id", "order_id DESC"] {
            let query = order.replacing("order_id", with: "orderId").replacing(" DESC", with: ",desc")
            let last = (count - 1) / size
            for page in [0, 1, last / 3, last / 2, last - 1, last, last + 1] where page >= 0 {
                let answer = try await harness.get("/orders?page=\(page)&size=\(size)&sort=\(query)")
                let found = answer.embedded("orders").compactMap { $0["orderId"]?.text }
                #expect(found == (try await expected(harness, order, page, size)), "\(order), page \(page)")
                #expect(total(answer) == .number(Double(count)))
            }
        }
    }

    @Test("What is removed at the end and entered again is counted once")
    func removedAtTheEnd() async throws {
        let harness = try await OrderHarness.open()
        try await fill(harness, 512)
        try await harness.database.write { try $0.execute("DELETE FROM order_infos WHERE id > 500") }
        #expect(total(try await harness.get("/orderInfos")) == .number(500))
        try await harness.database.write { try $0.execute("DELETE FROM orders WHERE id > 2") }
        #expect(total(try await harness.get("/orders")) == .number(2))
        try await fill(harness, 300, from: 1000)
        #expect(total(try await harness.get("/orderInfos")) == .number(800))
        #expect(total(try await harness.get("/orders")) == .number(302))
        #expect(try await orderIds(harness, "/orderInfos?page=799&size=1", "orderInfos").count == 1)
        #expect(try await orderIds(harness, "/orderInfos?page=800&size=1", "orderInfos").isEmpty)
    }

    @Test("Rows whose ids come from elsewhere are listed and counted in any order of arrival")
    func foreignIds() async throws {
        let harness = try await OrderHarness.open()
        for id in [1024, 3, 512, 700, 2, 256, 5000, 1, 512] {
            try await harness.announce(id: id + 10, "dish \(id)", price: 1, version: id)
        }
        let answer = try await harness.get("/menus?page=5&size=2")
        #expect(total(answer) == .number(12))
        #expect(answer.embedded("menus").map { $0["name"] } == ["dish 1024", "dish 5000"])
    }

    @Test("A page deep in an order that is not by id is refused, and no link leads there")
    func depth() async throws {
        let harness = try await OrderHarness.open()
        try await fill(harness, 20_100)
        let edge = try await harness.get("/orders?sort=orderId&size=1000&page=10")
        #expect(edge.status == 200)
        #expect(edge.links.isSuperset(of: ["first", "prev", "next", "last"]))
        let deep = try await harness.get("/orders?sort=orderId&size=10&page=1005")
        #expect(deep.status == 400)
        #expect(deep.wrongFields == ["page"])
        #expect(!(try await harness.get("/orders?sort=orderId&size=10&page=1000")).links.contains("next"))
        #expect(!(try await harness.get("/orders?sort=orderId&size=10&page=1009")).links.contains("prev"))
        let last = try await harness.get("/orders?sort=orderId&size=10&page=2009")
        #expect(
            last.embedded("orders").map { $0["orderId"]?.text ?? "" }
                == (try await expected(harness, "order_id", 2009, 10)))
        #expect(try await orderIds(harness, "/orders?size=10&page=1005").count == 10)
    }

    @Test("A sort that names its fields a thousand times is the sort that names them once")
    func repeatedSort() async throws {
        let harness = try await OrderHarness.open()
        try await fill(harness, 3)
        let fields = Array(repeating: "orderId,id", count: 1000).joined(separator: ",")
        #expect(
            try await orderIds(harness, "/orders?sort=\(fields),desc") == orderIds(harness, "/orders?sort=orderId,desc")
        )
    }

    @Test("The way to a page does not grow with the rows before it")
    func growth() async throws {
        let harness = try await OrderHarness.open()
        let targets = ["/orders?page=@&size=1", "/orders?page=@&size=1&sort=id,desc", "/orders?size=1&sort=orderId"]
        try await fill(harness, 1000, in: "orders")
        var few: [Duration] = []
        for target in targets { few.append(try await shortest(harness, target.replacing("@", with: "900"))) }
        try await fill(harness, 599_000, from: 1001, in: "orders")
        for (target, few) in zip(targets, few) {
            // 300 times as deep; going there row by row takes 50 times as long.
            #expect(try await shortest(harness, target.replacing("@", with: "300000")) < few * 15, "\(target)")
        }
    }

    /// The shortest time of many, which what else runs on the machine does not change.
    private func shortest(_ harness: OrderHarness, _ target: String) async throws -> Duration {
        var shortest = Duration.seconds(60)
        for _ in 0..<40 {
            let start = ContinuousClock.now
            #expect(try await harness.get(target).status == 200)
            shortest = min(shortest, ContinuousClock.now - start)
        }
        return shortest
    }
}
