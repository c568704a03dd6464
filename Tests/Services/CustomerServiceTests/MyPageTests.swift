import Contracts
import Events
import Messaging
import ServiceTestSupport
import Testing

@testable import CustomerService

@Suite("What customers see of all their orders")
struct MyPageTests {
    @Test("The page shows each step of an order, from the payment to the end")
    func steps() async throws {
        let harness = try await CustomerHarness()
        #expect(try await harness.page().status == 404)
        let steps: [(any Event, JSON)] = [
            (News.paid, "orderCmplt"), (News.accepted, "orderAccept"), (News.started, "cookStart"),
            (News.assigned, "cookStart"), (News.cooked, "riderAssign"), (News.picked, "deliveryStart"),
            (News.delivered, "deliveryCmplt"), (News.finished, "orderFinish"),
        ]
        for (event, status) in steps {
            try await harness.tell(event)
            #expect(try await harness.page()["status"] == status)
        }
        let page = try await harness.page()
        #expect(page["custAddr"] == "불정로 10" && page["orderInfo"] == "김치찌개:1,제육볶음:2")
        #expect(page["cmpltTime"] == "2026-11-21T11:00:00Z" && page["riderId"] == 7)
    }

    @Test("An order that waits for its payment is there, and goes on when it is paid or ends when it is not")
    func waiting() async throws {
        for (event, status) in [(News.paid, "orderCmplt"), (News.expired, "payCxl")] as [(any Event, JSON)] {
            let harness = try await CustomerHarness()
            try await harness.tell(News.deferred)
            #expect(try await harness.page()["status"] == "payWait")
            try await harness.tell(event, News.deferred)
            #expect(try await harness.page()["status"] == status)
        }
    }

    @Test("A rider who does not come is not shown any more, and the kitchen's word is")
    func released() async throws {
        let harness = try await CustomerHarness()
        try await harness.tell(News.paid, News.accepted, News.started, News.cooked, News.released)
        #expect(try await harness.page()["status"] == "cookCmplt")
        try await harness.tell(News.assigned)
        let page = try await harness.page()
        #expect(page["status"] == "cookCmplt" && page["riderId"] == nil, "old news")
    }

    @Test("A wish to cancel is shown until the store has answered, and the answer with its reason")
    func cancellation() async throws {
        let harness = try await CustomerHarness()
        try await harness.tell(News.paid, News.accepted, News.asked)
        #expect(try await harness.page()["status"] == "orderCxlReq")
        try await harness.tell(News.started, News.refused)
        #expect(try await harness.page()["status"] == "cookStart")
        #expect(try await harness.page()["reason"]?.text == News.refused.reason)
        try await harness.tell(News.asked)
        #expect(try await harness.page()["status"] == "cookStart", "asked and answered")
    }

    @Test("The page leads to the review while there may be one")
    func review() async throws {
        let harness = try await CustomerHarness()
        try await harness.tell(News.paid, News.picked)
        #expect(try await harness.page().links == ["self", "myPage"])
        for event in [News.delivered, News.finished] as [any Event] {
            try await harness.tell(event)
            #expect(try await harness.page()["_links"]?["review"]?["href"] == "http://localhost/reviews")
        }
        try await harness.tell(News.reviewed)
        #expect(try await harness.page().links == ["self", "myPage"])
    }

    @Test("A customer finds all of their orders, and nobody else's, in pages")
    func ofCustomer() async throws {
        let harness = try await CustomerHarness()
        for number in 1...5 {
            let order = details("order-\(number)", custId: number == 2 ? "other" : "hkh9405")
            try await harness.tell(PaymentApproved(order, payId: number))
        }
        let pages = try await harness.get("/myPages/search/findByCustId?custId=hkh9405&size=3&sort=id,desc")
        #expect(pages.embedded("myPages").map { $0["orderId"] } == ["order-5", "order-4", "order-3"])
        #expect(pages["page"]?["totalElements"] == 4)
        #expect(try await harness.get("/myPages/search/findByCustId?custId=x").embedded("myPages") == [])
    }

    @Test("The view rebuilt from the events is the same")
    func rebuilt() async throws {
        let harness = try await CustomerHarness()
        let news: [any Event] = [News.paid, News.accepted, News.started, News.assigned, News.cooked, News.delivered]
        let records = try news.map { try harness.record(of: $0) }
        try await harness.deliver(records)
        let before = try await harness.page().json
        try await MyPages.view.rebuild(in: harness.database)
        #expect(try await harness.page().status == 404)
        try await harness.deliver(records)
        #expect(try await harness.page().json == before)
    }

    @Test("Items have what their profiles say, and their links lead somewhere")
    func resources() async throws {
        let harness = try await CustomerHarness()
        try await harness.tell(News.paid, News.accepted, News.delivered, News.finished)
        let broken = try await harness.brokenResources()
        #expect(broken == ["/reviews is empty"])
        let review = #"{"orderId":"a123","custId":"hkh9405","ratings":[{"name":"김치찌개","rating":5}]}"#
        #expect(try await harness.post("/reviews", review).status == 201)
        #expect(try await harness.brokenResources() == [])
    }
}
