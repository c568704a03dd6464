import ServiceTestSupport
import Testing

@testable import OrderService

/// A request that must be refused.
struct WrongOrder: Sendable, CustomTestStringConvertible {
    var what: String
    var body: String
    var status = 422
    var fields: [String] = []
    var contentType = "application/json"

    init(_ what: String, _ body: String, _ status: Int = 422, _ fields: String..., contentType: String? = nil) {
        (self.what, self.body, self.status, self.fields) = (what, body, status, fields)
        if let contentType { self.contentType = contentType }
    }

    /// Right but for the members given.
    static func with(_ what: String, _ members: [String: String?], _ fields: String...) -> WrongOrder {
        var order: [String: String] = [
            "orderId": #""a123""#, "custId": #""hkh9405""#, "orderInfo": #""김치찌개:1,제육볶음:2""#, "totPrice": "18000",
        ]
        for (name, json) in members { order[name] = json }
        var wrong = WrongOrder(what, "{\(order.map { #""\#($0)":\#($1)"# }.joined(separator: ","))}")
        wrong.fields = fields
        return wrong
    }

    var testDescription: String { what }

    static func info(_ what: String, _ orderInfo: String, price: Int = 18000) -> WrongOrder {
        .with(what, ["orderInfo": "\"\(orderInfo)\"", "totPrice": "\(price)"], "orderInfo")
    }

    static let fields: [WrongOrder] = [
        .info("unknown dish", "피자:1"), .info("quantity 0", "김치찌개:0"), .info("negative quantity", "김치찌개:-1"),
        .info("quantity over the limit", "김치찌개:10001", price: 60_006_000),
        .info("quantity over Int", "김치찌개:99999999999999999999"), .info("greatest Int", "김치찌개:\(Int.max)"),
        .info("smallest Int", "김치찌개:\(Int.min)"),
        .with(
            "quantities that overflow to 1",
            ["orderInfo": "\"김치찌개:\(Int.max),김치찌개:\(Int.max),김치찌개:3\"", "totPrice": "6000"], "orderInfo", "orderInfo"),
        .info("quantities that add up to 1", "김치찌개:5,김치찌개:-4", price: 6000),
        .info("no quantity", "김치찌개"), .info("fraction", "김치찌개:1.5"), .info("no name", ":1"),
        .info("empty", ""), .info("blank", " "), .info("trailing comma", "김치찌개:1,"),
        .info(
            "more entries than a customer types", Array(repeating: "김치찌개:1", count: 150).joined(separator: ","),
            price: 606_000),
        .info("a megabyte of blanks", "김치찌개:1," + String(repeating: " ", count: 500_000) + "제육볶음:2"),
        .with("two wrong dishes", ["orderInfo": #""피자:1,김치찌개:0""#], "orderInfo", "orderInfo"),
        .with("missing orderInfo", ["orderInfo": nil], "orderInfo"),
        .with("empty items", ["orderInfo": nil, "items": "[]"], "items"),
        .with("unknown item", ["orderInfo": nil, "items": #"[{"name":"피자","qty":1}]"#], "items"),
        .with("item without quantity", ["orderInfo": nil, "items": #"[{"name":"김치찌개"}]"#], "items[0].qty"),
        .with(
            "more items than are read",
            ["orderInfo": nil, "items": "[\(Array(repeating: #"{"qty":[]}"#, count: 101).joined(separator: ","))]"],
            "items"),
        .with("items are no list", ["orderInfo": nil, "items": "7"], "items"),
        .with("wrong total", ["totPrice": "17999"], "totPrice"), .with("missing total", ["totPrice": nil], "totPrice"),
        .with("fraction of a won", ["totPrice": "18000.5"], "totPrice"),
        .with("total in words", ["totPrice": #""many""#], "totPrice"),
        .with("total over Int", ["totPrice": "99999999999999999999"], "totPrice"),
        .with("total is a list", ["totPrice": "[18000]"], "totPrice"),
        .with("missing customer", ["custId": nil], "custId"), .with("empty customer", ["custId": #""""#], "custId"),
        .with("blank customer", ["custId": #"" ""#], "custId"), .with("customer is null", ["custId": "null"], "custId"),
        .with("customer is a number", ["custId": "7"], "custId"),
        .with("empty order id", ["orderId": #""""#], "orderId"),
        .with("control character in the id", ["orderId": #""a\u0000b""#], "orderId"),
        .with("line break in the customer", ["custId": #""a\nb""#], "custId"),
        .with("long order id", ["orderId": "\"\(String(repeating: "x", count: 501))\""], "orderId"),
        .with("long address", ["custAddr": "\"\(String(repeating: "길", count: 167))\""], "custAddr"),
        .with("long telephone number", ["custTel": "\"\(String(repeating: "0", count: 501))\""], "custTel"),
        .with("unknown store", ["storeId": "77"], "storeId"), .with("store in words", ["storeId": #""x""#], "storeId"),
        .with(
            "three wrong members", ["custId": nil, "totPrice": "1", "custTel": #""\u0007""#], "custId", "custTel",
            "totPrice"),
        WrongOrder("nothing", "{}", 422, "custId", "orderInfo"), WrongOrder("a list", "[]", 422, "$"),
        WrongOrder("a text", #""order""#, 422, "$"),
    ]

    static let unreadable: [WrongOrder] = [
        WrongOrder("empty body", "", 400), WrongOrder("broken JSON", #"{"custId": "c","#, 400),
        WrongOrder("no JSON", "orderId=a123", 400),
        WrongOrder("deep nesting", String(repeating: "[", count: 10_000), 400),
        WrongOrder("form", "orderId=a123", 415, contentType: "application/x-www-form-urlencoded"),
        WrongOrder("plain text", transcriptOrder, 415, contentType: "text/plain"),
        WrongOrder("other charset", transcriptOrder, 415, contentType: "application/json; charset=euc-kr"),
    ]
}

@Suite("A wrong order")
struct WrongOrderTests {
    @Test("Each wrong member is named, and nothing is stored or charged", arguments: WrongOrder.fields)
    func fields(_ wrong: WrongOrder) async throws {
        try await check(wrong)
    }

    @Test("What cannot be read is refused, and nothing is stored or charged", arguments: WrongOrder.unreadable)
    func unreadable(_ wrong: WrongOrder) async throws {
        try await check(wrong)
    }

    private func check(_ wrong: WrongOrder) async throws {
        let payments = PaymentsDouble()
        let harness = try await OrderHarness.open(payments)
        let answer = try await harness.post("/orders", wrong.body, headers: [("Content-Type", wrong.contentType)])
        #expect(answer.status == wrong.status)
        #expect(answer.wrongFields == wrong.fields)
        #expect(answer.header("Content-Type") == "application/problem+json")
        #expect(
            answer.json.names.isSuperset(
                of: ["type", "title", "status", "timestamp", "error", "message", "path"]))
        #expect(answer["errors"]?.list.allSatisfy { $0["message"]?.text?.isEmpty == false } ?? true)
        #expect(try await harness.orderCount() == 0)
        #expect(payments.charged.isEmpty)
    }

    @Test("An unknown path is 404", arguments: ["/", "/order", "/orders/1/eat", "/orders/x", "/orders/99"])
    func unknownPath(_ path: String) async throws {
        let harness = try await OrderHarness.open()
        #expect(try await harness.get(path).status == (path == "/" ? 200 : 404))
    }

    @Test("A known path with another method is 405 and tells which ones it has")
    func wrongMethod() async throws {
        let harness = try await OrderHarness.open()
        let answer = try await harness.put("/orders", transcriptOrder)
        #expect(answer.status == 405)
        #expect(answer.header("Allow") == "GET, POST, HEAD, OPTIONS")
        let view = try await harness.post("/orderInfos", "{}")
        #expect(view.status == 405)
        #expect(view.header("Allow") == "GET, HEAD, OPTIONS")
    }
}
