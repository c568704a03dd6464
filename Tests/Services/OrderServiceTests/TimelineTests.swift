import Contracts
import Events
import Foundation
import Messaging
import Persistence
import Records
import ServiceTestSupport
import Telemetry
import Testing
import Time

@testable import OrderService

@Suite("What happened to an order, and why")
struct TimelineTests {
    /// As another service would have published it.
    private func record(
        _ event: some Event, id: String, from source: String, second: Int, cause: String? = nil, by: String? = nil
    ) throws -> EventRecord {
        let time = Timestamp(milliseconds: 1_795_255_200_000 + second * 1_000)
        let envelope = try EventEnvelope(
            event, id: id, time: time, source: source, cause: cause.map { Cause(id: $0, continuing: nil, by: by) })
        return EventRecord(
            topic: "fooddelivery", partition: 0, offset: second, timestamp: time, key: Data(event.key.utf8),
            headers: EventHeaders.write(envelope), payload: envelope.payload)
    }

    /// Paid, not answered by the owner, rejected by the deadline and refunded; store's clock is behind payment's.
    private func story() throws -> [EventRecord] {
        [
            try record(
                PaymentApproved(transcriptDetails, payId: 1), id: "e1", from: "payment", second: 10, cause: "r1",
                by: "POST /pays"),
            try record(
                OrderPlaced(transcriptDetails), id: "e2", from: "order", second: 11, cause: "r2", by: "POST /orders"),
            try record(
                StockDecreased(orderId: "a123", storeId: 1, items: [level]), id: "e3", from: "store", second: 5,
                cause: "e1", by: "store.receiveOrder"),
            try record(
                OrderRejected(orderId: "a123", reason: "가게가 제시간에 응답하지 않았습니다."), id: "e4", from: "store", second: 310,
                cause: "store.answer/a123", by: "deadline store.answer"),
            try record(
                StockIncreased(orderId: "a123", storeId: 1, items: [level]), id: "e5", from: "store", second: 310,
                cause: "store.answer/a123", by: "deadline store.answer"),
            try record(
                PaymentCanceled(orderId: "a123", payId: 1, amount: 18_000, reason: "응답 없음"), id: "e6", from: "payment",
                second: 311, cause: "e4", by: "payment.refund, attempt 2"),
        ]
    }

    private let level = StockLevel(menuItemId: 1, name: "김치찌개", price: 6_000, stock: 7, version: 2)

    private func timeline(_ harness: OrderHarness) async throws -> Answer {
        try await harness.get("/orders/1/timeline")
    }

    @Test("The events of all contexts are told, causes first, with who acted, what was made good and why")
    func told() async throws {
        let harness = try await OrderHarness.open()
        for record in try story() { try await harness.deliver([record]) }
        let answer = try await timeline(harness)
        #expect(answer.status == 200 && answer["orderId"] == "a123")
        #expect(answer.links == ["self", "order"])
        let events = answer["events"]?.list ?? []
        #expect(
            events.map { $0["event"] } == [
                "PaymentApproved", "StockDecreased", "OrderPlaced", "OrderRejected", "StockIncreased",
                "PaymentCanceled",
            ])
        #expect(events.map { $0["no"] } == [1, 2, 3, 4, 5, 6])
        #expect(events.map { $0["because"] } == [nil, 1, nil, nil, nil, 4])
        #expect(
            events.map { $0["by"] } == [
                "POST /pays", "store.receiveOrder", "POST /orders", "deadline store.answer", "deadline store.answer",
                "payment.refund, attempt 2",
            ])
        #expect(
            events.map { $0["publisher"] } == ["payment", "store", "order", "store", "store", "payment"])
        #expect(events.map { $0["undoes"] } == [nil, nil, nil, nil, "StockDecreased", "PaymentApproved"])
        #expect(events[3]["detail"] == "가게가 제시간에 응답하지 않았습니다.")
        #expect(events[3]["ko"] == "가게가 주문을 거절했습니다." && events[3]["en"] == "The store rejected the order.")
        #expect(events[0]["time"] == "2026-11-21T10:00:10.000Z")
        let tag = try #require(answer.header("ETag"))
        #expect(try await harness.get("/orders/1/timeline", headers: [("If-None-Match", tag)]).status == 304)
    }

    @Test("Events in any order, in one poll or many, with repetitions, tell the same story; so does the rebuilt view")
    func anyOrder() async throws {
        let model = try await OrderHarness.open()
        try await model.deliver(story())
        let expected = try await timeline(model)["events"]
        #expect(expected?.list.count == 6)
        var generator = SplitMix(seed: 11)
        for order in try permutations(story(), &generator).shuffled(using: &generator).prefix(60) {
            let harness = try await OrderHarness.open()
            let again = try #require(order.randomElement(using: &generator))
            try await harness.deliver(Array(order.prefix(3)))
            for record in order + [again] { try await harness.deliver([record]) }
            #expect(try await timeline(harness)["events"] == expected)
            try await Timeline.view.rebuild(in: harness.database)
            try await harness.deliver(order)
            #expect(try await timeline(harness)["events"] == expected)
        }
    }

    @Test("An order has its own events only, and no row in the inbox for them")
    func own() async throws {
        let harness = try await OrderHarness.open()
        try await harness.deliver(story())
        try await harness.deliver([
            try record(PaymentApproved(details("b"), payId: 2), id: "x1", from: "payment", second: 1),
            try record(MenuItemChanged(storeId: 1, item: level), id: "x2", from: "store", second: 2),
        ])
        #expect(try await harness.number("SELECT count(*) FROM timeline") == 7)
        #expect(try await harness.number("SELECT count(*) FROM inbox WHERE policy LIKE 'order.timeline%'") == 0)
        #expect(try await harness.get("/orders/2/timeline")["events"]?.list.map { $0["event"] } == ["PaymentApproved"])
    }

    @Test("An order of which nothing was heard has no events yet; one that is not there is 404")
    func none() async throws {
        let harness = try await OrderHarness.open()
        #expect(try await harness.post("/orders", transcriptOrder).status == 201)
        #expect(try await timeline(harness)["events"] == .list([]))
        for target in ["/orders/2/timeline", "/orders/x/timeline", "/orders/0/timeline"] {
            #expect(try await harness.get(target).status == 404)
        }
    }

    @Test("Headers of strangers are cut, and an event without key is found by what it carries")
    func strangers() async throws {
        let harness = try await OrderHarness.open()
        var record = try record(
            PaymentApproved(transcriptDetails, payId: 1), id: "e1", from: "payment", second: 1, cause: "r",
            by: String(repeating: "x", count: 100_000))
        record.key = nil
        try await harness.deliver([record])
        let event = try await timeline(harness)["events"]?[0]
        #expect(event?["by"]?.text?.count == 300)
        record.headers = [RecordHeader("type", "CookStarted")]
        (record.key, record.payload) = (Data("a123".utf8), Data("{}".utf8))
        try await harness.deliver([record])
        let bare = OrderPlaced(transcriptDetails)
        record.headers = [RecordHeader("type", "OrderPlaced")]
        record.offset = 77
        record.payload = try EventCoder.encode(bare, time: record.time)
        try await harness.deliver([record])
        let last = try await timeline(harness)["events"]?.list.last
        #expect(last?["event"] == "OrderPlaced" && last?["publisher"] == "?" && last?["by"] == nil)
    }
}

@Suite("Causal order")
struct CausalOrderTests {
    private func step(_ id: String, _ time: Int, _ cause: String? = nil) -> TimelineStep {
        TimelineStep(
            eventId: id, type: "t", source: "s", time: Timestamp(milliseconds: time), causeId: cause, by: nil,
            detail: nil)
    }

    private func order(_ steps: [TimelineStep]) -> [String] {
        steps.sorted { ($0.time, $0.eventId) < ($1.time, $1.eventId) }.inCausalOrder().map(\.eventId)
    }

    @Test("It is the order of the times, unless an effect would stand before its cause")
    func times() {
        #expect(order([step("a", 1), step("b", 2, "a"), step("c", 3), step("d", 4, "a")]) == ["a", "b", "c", "d"])
        #expect(order([step("a", 9), step("b", 2, "a"), step("c", 3), step("d", 1, "b")]) == ["c", "a", "b", "d"])
        #expect(order([step("a", 5), step("x", 2, "a"), step("y", 1, "a")]) == ["a", "y", "x"])
    }

    @Test("What follows from something that is not here stands by its time")
    func orphan() { #expect(order([step("a", 1), step("b", 2, "gone"), step("c", 3)]) == ["a", "b", "c"]) }

    @Test("Events that name each other as causes are all told")
    func circle() {
        #expect(
            order([step("a", 1, "b"), step("b", 2, "a"), step("c", 3, "c"), step("d", 4)]) == ["d", "a", "b", "c"])
    }

    @Test("Whatever the causes and times: everybody once, causes first")
    func random() {
        var generator = SplitMix(seed: 17)
        for _ in 0..<300 {
            let count = Int.random(in: 0...12, using: &generator)
            let steps = (0..<count).map { index in
                let cause = Int.random(in: -2...max(index, 1), using: &generator)
                return step(
                    "\(index)", Int.random(in: 0..<20, using: &generator),
                    cause < 0 ? nil : cause < index ? "\(cause)" : "gone")
            }
            let told = order(steps)
            #expect(told.sorted() == steps.map(\.eventId).sorted())
            for step in steps {
                guard let cause = step.causeId, let before = told.firstIndex(of: cause) else { continue }
                #expect(before < told.firstIndex(of: step.eventId) ?? 0)
            }
        }
    }

    @Test("A long chain of causes, told backwards, costs no more than its length")
    func long() {
        let steps = (0..<20_000).map { step("\($0)", 20_000 - $0, $0 == 0 ? nil : "\($0 - 1)") }
        #expect(steps.reversed().inCausalOrder().map(\.eventId) == (0..<20_000).map { "\($0)" })
    }
}
