import Foundation
import HTTPClient
import Testing

extension EndToEndTests {
    /// What strangers send, over real sockets.
    @Suite(.serialized) struct BadInputTests {
        struct Case: Sendable {
            var what: String
            var body: String
            var type = "application/json"
            var status: Int
            /// Names in `errors[]`.
            var fields: [String] = []
        }

        private static func body(
            orderId: String = "bad-1", custId: String = #""hkh9405""#, orderInfo: String = "김치찌개:1,제육볶음:2",
            totPrice: String = "18000"
        ) -> String {
            #"{"orderId":"\#(orderId)","custId":\#(custId),"orderInfo":"\#(orderInfo)","totPrice":\#(totPrice)}"#
        }

        static let cases: [Case] = [
            Case(what: "an unknown dish", body: body(orderInfo: "피자:1"), status: 422, fields: ["orderInfo"]),
            Case(what: "a wrong total", body: body(totPrice: "17999"), status: 422, fields: ["totPrice"]),
            Case(what: "quantity 0", body: body(orderInfo: "김치찌개:0"), status: 422, fields: ["orderInfo"]),
            Case(
                what: "a quantity beyond all numbers", body: body(orderInfo: "김치찌개:99999999999999999999"), status: 422,
                fields: ["orderInfo"]),
            Case(what: "an empty order", body: body(orderInfo: ""), status: 422, fields: ["orderInfo"]),
            Case(what: "no customer", body: body(custId: "null"), status: 422, fields: ["custId"]),
            Case(
                what: "the siege body of the transcript", body: #"{"orderId":"1234"}"#, status: 422,
                fields: ["custId", "orderInfo"]),
            Case(what: "an empty body", body: "", status: 400),
            Case(what: "broken JSON", body: #"{"orderId":"#, status: 400),
            Case(what: "nesting without end", body: String(repeating: "[", count: 5000), status: 400),
            Case(what: "2 MiB", body: #"{"custId":""# + String(repeating: "x", count: 2 << 20) + #""}"#, status: 413),
            Case(what: "another content type", body: body(), type: "text/plain", status: 415),
            Case(what: "a number where a text belongs", body: body(custId: "5"), status: 422, fields: ["custId"]),
        ]

        @Test("Each bad order has the answer of the table, and leaves nothing behind")
        func table() async throws {
            let system = try await FoodSystem.start()
            for bad in Self.cases {
                let answer = try await system.send(.post, .order, "orders", bad.body, type: bad.type)
                #expect(answer.status == bad.status, "\(bad.what)")
                #expect(answer.headers["Content-Type"] == "application/problem+json", "\(bad.what)")
                let errors = answer.json["errors"] as? [[String: Any]] ?? []
                #expect(errors.compactMap { $0["field"] as? String }.sorted() == bad.fields.sorted(), "\(bad.what)")
            }
            #expect(try await system.total(.order, "orders") == 0)
            #expect(try await system.get(.order, "nowhere").status == 404)
            let method = try await system.send(.put, .order, "orders", "{}")
            #expect(method.status == 405)
            #expect(method.headers["Allow"]?.contains("POST") == true)
            #expect(try await system.order("a123").status == 201)
            let other = try await system.send(
                .post, .order, "orders", Self.body(orderId: "a123", orderInfo: "비빔밥:1", totPrice: "7000"))
            #expect(other.status == 422)
            let repeated = try await system.order("a123")
            #expect(repeated.status == 201)
            #expect(repeated.headers["Location"]?.hasSuffix("/orders/1") == true)
            #expect(try await system.total(.payment, "ledgerEntries") == 1)
            await system.stop()
        }

        @Test("The same order sent fifty times at once is placed once and charged once")
        func stampede() async throws {
            let system = try await FoodSystem.start()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<50 { group.addTask { try await system.order("same").status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.contains(201))
            #expect(Set(statuses).isSubset(of: [201, 409]))
            #expect(try await system.order("same").status == 201)
            let books = Books(system: system)
            await books.settle()
            try await books.check(acknowledged: ["same"])
            await system.stop()
        }
    }
}
