import Contracts
import ServiceTestSupport
import Testing

@testable import OrderService

@Suite("Looking at orders")
struct OrderListTests {
    @Test("Items have what their profiles say, and their links lead somewhere")
    func resources() async throws {
        let harness = try await OrderHarness.open()
        _ = try await harness.post("/orders", transcriptOrder)
        try await harness.deliver(PaymentApproved(transcriptDetails, payId: 1))
        try await harness.deliver(OrderViewTests.accepted())
        let broken = try await harness.brokenResources()
        #expect(broken == [])
    }

    @Test("The number of an order that was not paid is never another one's")
    func numbers() async throws {
        let payments = PaymentsDouble()
        let harness = try await OrderHarness.open(payments, environment: UnansweredPaymentTests.full)
        payments.whenCharged(.notCharged)
        #expect(try await harness.post("/orders", transcriptOrder).status == 503)
        #expect(try await harness.get("/orders/1").status == 404)
        payments.whenCharged(.approved)
        let answer = try await harness.post("/orders", transcriptOrder.replacing("a123", with: "b123"))
        #expect(answer.header("Location")?.hasSuffix("/orders/2") == true)
    }

    private func placed(_ ids: [String]) async throws -> OrderHarness {
        let harness = try await OrderHarness.open()
        for id in ids { try await harness.deliver(PaymentApproved(details(id), payId: 1)) }
        return harness
    }

    @Test("An order has a tag, and whoever has it gets no body again")
    func entityTag() async throws {
        let harness = try await placed(["a"])
        let tag = try #require(try await harness.get("/orders/1").header("ETag"))
        let same = try await harness.get("/orders/1", headers: [("If-None-Match", tag)])
        #expect(same.status == 304)
        #expect(same.body.isEmpty)
        try await harness.deliver(OrderViewTests.accepted("a"))
        let changed = try await harness.get("/orders/1", headers: [("If-None-Match", tag)])
        #expect(changed.status == 200)
        #expect(changed.header("ETag") != tag)
    }

    @Test("A view has a tag as well")
    func viewTag() async throws {
        let harness = try await placed(["a"])
        let tag = try #require(try await harness.get("/orderInfos/1").header("ETag"))
        #expect(try await harness.get("/orderInfos/1", headers: [("If-None-Match", tag)]).status == 304)
        try await harness.deliver(OrderViewTests.accepted("a"))
        #expect(try await harness.get("/orderInfos/1", headers: [("If-None-Match", tag)]).status == 200)
    }

    @Test("A list is cut into pages that link to each other", arguments: ["orders", "orderInfos", "orderViews"])
    func pages(_ path: String) async throws {
        let harness = try await placed(["a", "b", "c", "d", "e"])
        let plural = path == "orders" ? "orders" : "orderInfos"
        let page = try await harness.get("/\(path)?page=1&size=2")
        #expect(page.embedded(plural).map { $0["orderId"] } == ["c", "d"])
        #expect(page["page"] == .object(["size": 2, "totalElements": 5, "totalPages": 3, "number": 1]))
        #expect(page.links.isSuperset(of: ["first", "prev", "self", "next", "last", "profile"]))
        let last = try await harness.get("/\(path)?page=2&size=2")
        #expect(last.embedded(plural).map { $0["orderId"] } == ["e"])
        #expect(!last.links.contains("next"))
        #expect(try await harness.get("/\(path)?page=9").embedded(plural).isEmpty)
    }

    @Test("A list can be sorted both ways")
    func sorted() async throws {
        let harness = try await placed(["b", "c", "a"])
        let up = try await harness.get("/orders?sort=orderId").embedded("orders")
        #expect(up.map { $0["orderId"] } == ["a", "b", "c"])
        let down = try await harness.get("/orders?sort=orderId,desc&size=2").embedded("orders")
        #expect(down.map { $0["orderId"] } == ["c", "b"])
    }

    @Test(
        "A page or order that makes no sense is refused",
        arguments: ["page=-1", "page=x", "size=0", "sort=custTel", "sort=id;DROP"])
    func refused(_ query: String) async throws {
        let harness = try await placed(["a"])
        let answer = try await harness.get("/orders?\(query)")
        #expect(answer.status == 400)
        #expect(answer.wrongFields.count == 1)
    }

    @Test("An empty list still is a list", arguments: ["orders", "orderInfos"])
    func empty(_ plural: String) async throws {
        let harness = try await placed([])
        let answer = try await harness.get("/\(plural)")
        #expect(answer.status == 200)
        #expect(answer["_embedded"]?[plural] == .list([]))
    }

    @Test("An order is found by its own id", arguments: ["orders", "orderInfos", "orderViews"])
    func found(_ path: String) async throws {
        let harness = try await placed(["a", "b"])
        let search = "/\(path)/search/findByOrderId"
        #expect(try await harness.get("\(search)?orderId=b")["orderId"] == "b")
        #expect(try await harness.get("\(search)?orderId=z").status == 404)
        let missing = try await harness.get(search)
        #expect(missing.status == 400)
        #expect(missing.wrongFields == ["orderId"])
    }

    @Test("The alias answers as the original")
    func alias() async throws {
        let harness = try await placed(["a"])
        let (one, other) = (try await harness.get("/orderViews/1"), try await harness.get("/orderInfos/1"))
        #expect(one.status == 200)
        #expect(one.json == other.json)
    }

    @Test("Links point at the gateway when the request came through it")
    func forwarded() async throws {
        let harness = try await placed(["a"])
        let answer = try await harness.get(
            "/orders/1", headers: [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "food.example:8088")])
        #expect(answer["_links"]?["self"]?["href"] == "https://food.example:8088/orders/1")
    }

    @Test("The root lists what there is")
    func root() async throws {
        let harness = try await placed([])
        #expect(try await harness.get("/").links.isSuperset(of: ["orders", "orderInfos", "menus", "profile"]))
    }
}
