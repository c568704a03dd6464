import Foundation
import HTTPClient
import Testing

extension EndToEndTests.BadInputTests {
    /// One bad request of somebody who acts on an order, a rider, a payment or a store.
    private struct BadRequest {
        var what: String
        var method: ClientRequest.Method
        var service: FoodSystem.Service
        var path: String
        var body: String
        var status: Int
        /// Names in `errors[]`.
        var fields: [String]

        init(
            _ what: String, _ method: ClientRequest.Method, _ service: FoodSystem.Service, _ path: String,
            _ body: String, _ status: Int, _ fields: [String] = []
        ) {
            (self.what, self.method, self.service, self.path) = (what, method, service, path)
            (self.body, self.status, self.fields) = (body, status, fields)
        }
    }

    @Test("Each bad request of riders, customers, owners and operators has its answer, and leaves nothing behind")
    func life() async throws {
        let system = try await FoodSystem.start(environment: ["OFFER_SECONDS": "3600"])
        let scene = try await Scene(system)
        let before = try await everything(in: system)
        for bad in deliveries(scene) + orders(scene) + reviews(scene) + Self.operators {
            let answer = try await system.send(bad.method, bad.service, bad.path, bad.body)
            #expect(answer.status == bad.status, "\(bad.what)")
            #expect(answer.headers["Content-Type"] == "application/problem+json", "\(bad.what)")
            let errors = answer.json["errors"] as? [[String: Any]] ?? []
            #expect(errors.compactMap { $0["field"] as? String }.sorted() == bad.fields.sorted(), "\(bad.what)")
        }
        let again = try await system.send(.delete, .order, scene.canceled, "{}")
        #expect(again.status == 202, "canceling twice is as good as once")
        #expect(again.json["status"] as? String == "payCxl")
        let after = try await everything(in: system)
        for (resource, list) in before { #expect(after[resource] == list, "\(resource) has changed") }
        await system.stop()
    }

    // MARK: - The tables

    private func deliveries(_ scene: Scene) -> [BadRequest] {
        let (offered, carried) = (scene.offered, scene.carried)
        let (asked, other) = (#"{"riderId":\#(scene.asked)}"#, #"{"riderId":\#(scene.carrier)}"#)
        return [
            BadRequest(
                "an unknown rider", .put, .delivery, "\(offered)/accept", #"{"riderId":9999}"#, 422, ["riderId"]),
            BadRequest("no rider", .put, .delivery, "\(offered)/accept", "{}", 422, ["riderId"]),
            BadRequest("another's offer", .put, .delivery, "\(offered)/accept", other, 409),
            BadRequest("declining another's offer", .put, .delivery, "\(offered)/decline", other, 409),
            BadRequest("picking up what was only offered", .put, .delivery, "\(offered)/pick", asked, 409),
            BadRequest("accepting twice", .put, .delivery, "\(carried)/accept", other, 409),
            BadRequest("another's delivery", .put, .delivery, "\(carried)/pick", asked, 409),
            BadRequest("giving back what was only offered", .put, .delivery, "\(offered)/release", asked, 409),
            BadRequest("giving back another's delivery", .put, .delivery, "\(carried)/release", asked, 409),
            BadRequest(
                "giving back without a word", .put, .delivery, "\(carried)/release",
                #"{"riderId":\#(scene.carrier),"reason":" "}"#, 422, ["reason"]),
            BadRequest("delivering before picking up", .put, .delivery, "\(carried)/deliver", other, 409),
            BadRequest("an unknown delivery", .put, .delivery, "deliveries/9999/accept", asked, 404),
            BadRequest("a delivery without a number", .put, .delivery, "deliveries/x/accept", asked, 404),
            BadRequest("an unknown command", .put, .delivery, "\(offered)/eat", asked, 404),
            BadRequest(
                "a position outside the earth", .put, .delivery, "riders/1/position", #"{"lat":90.1,"lon":-181}"#, 422,
                ["lat", "lon"]),
            BadRequest(
                "a position that is no number", .put, .delivery, "riders/1/position", #"{"lat":"NaN","lon":127}"#, 422,
                ["lat"]),
            BadRequest("a rider who is nobody", .post, .delivery, "riders", "{}", 422, ["lat", "lon", "name", "tel"]),
            BadRequest(
                "the position of an unknown rider", .put, .delivery, "riders/9999/position", #"{"lat":37,"lon":127}"#,
                404),
            BadRequest(
                "perhaps available", .put, .delivery, "riders/1/availability", #"{"available":"perhaps"}"#, 422,
                ["available"]),
            BadRequest("no place to look near", .get, .delivery, "deliveryInfos/search/findNear", "", 400, ["lat"]),
            BadRequest(
                "near nowhere", .get, .delivery, "deliveryInfos/search/findNear?lat=north&lon=127&km=1", "", 400,
                ["lat"]),
            BadRequest(
                "near everything", .get, .delivery, "deliveryInfos/search/findNear?lat=37&lon=127&km=51", "", 400,
                ["km"]
            ),
            BadRequest(
                "near in the other direction", .get, .delivery, "riders/search/findNear?lat=37&lon=127&km=-1", "", 400,
                ["km"]),
            BadRequest(
                "no riders near", .get, .delivery, "riders/search/findNear?lat=37&lon=127&km=1&size=0", "", 400,
                ["size"]),
        ]
    }

    private func orders(_ scene: Scene) -> [BadRequest] {
        [
            BadRequest("paying what is paid", .put, .order, "\(scene.paid)/pay", "{}", 409),
            BadRequest("paying an unknown order", .put, .order, "orders/9999/pay", "{}", 404),
            BadRequest("confirming before the hand-over", .put, .order, "\(scene.paid)/confirm", "{}", 409),
            BadRequest("canceling what was rejected", .delete, .order, scene.rejected, "{}", 409),
            BadRequest("canceling what was eaten", .delete, .order, scene.eaten, "{}", 409),
            BadRequest("canceling without a word", .delete, .order, scene.paid, #"{"reason":" "}"#, 422, ["reason"]),
            BadRequest("canceling an unknown order", .delete, .order, "orders/9999", "{}", 404),
            BadRequest("the story of an unknown order", .get, .order, "orders/9999/timeline", "", 404),
        ]
    }

    private func reviews(_ scene: Scene) -> [BadRequest] {
        func review(
            _ what: String, of orderId: String? = nil, by custId: String? = nil, _ ratings: String, text: String = "",
            _ status: Int, _ fields: [String] = []
        ) -> BadRequest {
            let body =
                #"{"orderId":"\#(orderId ?? scene.eatenId)","custId":"\#(custId ?? scene.custId)","text":"\#(text)","#
                + #""ratings":[\#(ratings)]}"#
            return BadRequest(what, .post, .customer, "reviews", body, status, fields)
        }
        let fine = #"{"name":"우동","rating":5}"#
        return [
            review("another's order", by: "stranger", fine, 422, ["custId"]),
            review("an unknown order", of: "unknown", fine, 404),
            review("an order that is not delivered", of: scene.paidId, fine, 409),
            review("a second review", of: scene.reviewedId, fine, 409),
            review("six stars", #"{"name":"우동","rating":6}"#, 422, ["ratings[0].rating"]),
            review("no star", #"{"name":"우동","rating":0}"#, 422, ["ratings[0].rating"]),
            review("a dish that was not ordered", #"{"name":"피자","rating":5}"#, 422, ["ratings[0].name"]),
            review("a dish twice", "\(fine),\(fine)", 422, ["ratings[1].name"]),
            review("no dish", "", 422, ["ratings"]),
            review("a long text", fine, text: String(repeating: "x", count: 4_001), 422, ["text"]),
            review("a bell", fine, text: #"\u0007"#, 422, ["text"]),
            review("10 MB", fine, text: String(repeating: "x", count: 10_000_000), 413),
            BadRequest("an empty review", .post, .customer, "reviews", "{}", 422, ["custId", "orderId", "ratings"]),
        ]
    }

    private static let operators = [
        BadRequest("an unknown mode", .put, .payment, "admin/provider", #"{"mode":"broken"}"#, 422, ["mode"]),
        BadRequest(
            "a switch beyond its ends", .put, .payment, "admin/provider",
            #"{"mode":"slow","delayMs":0,"failPercent":101}"#, 422, ["delayMs", "failPercent"]),
        BadRequest("a switch that is no JSON", .put, .payment, "admin/provider", "mode=slow", 400),
        BadRequest("refunding an unknown payment", .put, .payment, "pays/9999/cancel", "{}", 404),
        BadRequest("refunding without a word", .put, .payment, "pays/1/cancel", #"{"reason":" "}"#, 422, ["reason"]),
        BadRequest(
            "a store nowhere", .post, .store, "stores", #"{"name":"달","address":"달","lat":91,"lon":181}"#, 422,
            ["lat", "lon"]),
        BadRequest("an unknown store", .patch, .store, "stores/9999", #"{"open":false}"#, 404),
    ]

    // MARK: - What is there before and after

    /// Everything that the services show.
    private func everything(in system: FoodSystem) async throws -> [String: Data] {
        await Books(system: system).publish()
        await eventually("every message is sent") {
            let sent = "SELECT count(*) FROM messages WHERE due_at IS NOT NULL"
            return try await Books(system: system).numbers(.customer, sent) == [0]
        }
        let resources: [(FoodSystem.Service, [String])] = [
            (.order, ["orders", "orderInfos", "menus"]), (.payment, ["pays", "ledgerEntries"]),
            (.store, ["stores", "menuItems", "orderManages", "orderDtls", "ratings"]),
            (.delivery, ["riders", "deliveries", "cmpltTrts"]),
            (.customer, ["customers", "messages", "myPages", "reviews"]),
        ]
        var all = ["provider": try await system.get(.payment, "admin/provider").body]
        for (service, names) in resources {
            for name in names { all[name] = try await system.get(service, "\(name)?size=1000").body }
        }
        return all
    }
}

/// Orders at several points of their way, and who acts on them. All texts are paths, but for the ids.
private struct Scene {
    let custId, paidId, eatenId, reviewedId: String
    let paid, canceled, rejected, eaten: String
    /// Deliveries: one is offered to ``asked``, one is carried by ``carrier``, and cooked.
    let offered, carried: String
    let asked, carrier: Int

    init(_ system: FoodSystem) async throws {
        let store = try await OwnStore.open(in: system, lat: 30)
        _ = try await store.enter("우동", price: 6_000, stock: 100)
        custId = store.custId
        let rider = try await OwnRider.enter(near: store)
        eatenId = try await store.serve("우동:1", at: 6_000, by: rider)
        reviewedId = try await store.serve("우동:1", at: 6_000, by: rider)
        await store.canReview(eatenId)
        await store.canReview(reviewedId)
        #expect(try await store.review(reviewedId, ["우동": 5]).status == 201)
        let canceledId = try await store.order("우동:1", at: 6_000)
        #expect(try await store.cancel(canceledId).status == 202)
        let rejectedId = try await store.order("우동:1", at: 6_000)
        try await store.give("reject", to: rejectedId, #"{"reason":"재료 소진"}"#)
        for orderId in [canceledId, rejectedId] { await store.isRefunded(orderId) }
        let carriedId = try await store.cook("우동:1", at: 6_000)
        try await rider.give("accept", carriedId)
        await store.becomes("riderAssign", carriedId)
        let other = try await OwnRider.enter(near: store, metres: 200)
        let offeredId = try await store.order("우동:1", at: 6_000)
        try await store.give("accept", to: offeredId, #"{"cookMinutes":5}"#)
        await eventually("the other rider is asked") { try await other.has(offeredId) }
        await eventually("the owner sees that") {
            try await store.find("orderDtls", .store, offeredId)["riderStatus"] as? String == "riderOffer"
        }
        await store.becomes("orderAccept", offeredId)
        paidId = try await store.order("우동:1", at: 6_000)
        await store.becomes("orderCmplt", paidId)
        await eventually("the menu shows what is left") { try await store.menu("우동")?["stock"] as? Int == 95 }
        await eventually("the rating is there") { try await system.total(.store, "ratings") == 1 }
        (asked, carrier) = (other.id, rider.id)
        (paid, canceled) = (
            try await store.path(.order, "orders", paidId), try await store.path(.order, "orders", canceledId)
        )
        rejected = try await store.path(.order, "orders", rejectedId)
        eaten = try await store.path(.order, "orders", eatenId)
        offered = try await store.path(.delivery, "deliveries", offeredId)
        carried = try await store.path(.delivery, "deliveries", carriedId)
    }
}

extension OwnStore {
    /// Of an order, as its own link has it.
    fileprivate func path(_ service: FoodSystem.Service, _ resource: String, _ orderId: String) async throws -> String {
        let link = try #require(await find(resource, service, orderId).links["self"])
        return String(link.dropFirst(system.url(service, "").count))
    }
}
