import Contracts
import Events
import Messaging
import Persistence
import ServiceTestSupport
import Telemetry
import Testing
import Time

@testable import CustomerService

@Suite("Messages", .timeLimit(.minutes(5)))
struct MessageTests {
    private func record(_ event: some Event, _ harness: MessageHarness, id: String? = nil) throws -> EventRecord {
        try harness.record(event, id: id)
    }

    // MARK: What is told

    @Test("Whoever should know is told of every event, in words", arguments: 0..<toldEvents.count)
    func told(_ number: Int) async throws {
        let harness = try await MessageHarness.open([NotifierDouble()])
        try await harness.deliver(PaymentApproved(orderDetails, payId: 1))
        let (event, text) = toldEvents[number]
        try await harness.deliver([record(event, harness, id: "e1")])
        let message = try #require(try await harness.messages().first)
        #expect(message["text"]?.text == text)
        #expect(message["event"]?.text == type(of: event).type)
        #expect(message["status"] == "queued")
        #expect(message["channel"] == "console")
        let isToOwner = event is ReviewCreated
        #expect(message["receiver"]?.text == (isToOwner ? "owner" : "customer"))
        #expect(message["tel"]?.text == (isToOwner ? "**-****-5678" : "***-****-5678"))
        #expect(message["orderId"]?.text == (event is CustomerGradeChanged ? nil : "a123"))
        #expect(message["happenedAt"] == "2026-11-21T10:00:00.000Z")
        #expect(try await harness.messages().count == 1)
        #expect(try await harness.published().isEmpty)
    }

    @Test("Every notice has an event that it is told on")
    func complete() { #expect(Set(toldEvents.map { type(of: $0.event).type }) == Set(Notice.allCases.map(\.rawValue))) }

    @Test("The resource keeps what the directory says")
    func resource() async throws {
        let harness = try await MessageHarness.open([NotifierDouble()])
        try await harness.deliver(OrderPlaced(orderDetails))
        try await harness.deliver(DeliveryFinished(orderId: "a123", custId: "hkh9405", storeId: 1, totPrice: 18_000))
        try await harness.deliver(PaymentApproved(orderDetails, payId: 1))
        #expect(try await harness.brokenResources() == ["/reviews is empty"])
    }

    @Test("The messages of one order are found, in the order in which they were entered")
    func ofOrder() async throws {
        let harness = try await MessageHarness.open([NotifierDouble()])
        for id in ["a123", "b"] { try await harness.deliver(OrderPlaced(details(id))) }
        try await harness.deliver(CookStarted(orderId: "a123"))
        let found = try await harness.get("/messages/search/findByOrderId?orderId=a123").embedded("messages")
        #expect(found.compactMap { $0["event"]?.text } == ["OrderPlaced", "CookStarted"])
        #expect(try await harness.get("/messages/search/findByOrderId?orderId=c").embedded("messages").isEmpty)
    }

    // MARK: Any order, any number of times

    @Test("News that comes before it is known whose order it is waits, and is told then")
    func early() async throws {
        let harness = try await MessageHarness.open([NotifierDouble()])
        try await harness.deliver(CookStarted(orderId: "a123"))
        try await harness.deliver(CustomerGradeChanged(custId: "hkh9405", grade: "silver", points: 900))
        #expect(try await harness.messages() == [])
        #expect(try await harness.waiting() == 3, "the view of the orders waits as well")
        try await harness.deliver(PaymentApproved(orderDetails, payId: 1))
        harness.clock.advance(seconds: 2)
        try await harness.retryEarlyEvents()
        #expect(try await harness.waiting() == 0)
        #expect(
            Set(try await harness.messages().compactMap { $0["event"]?.text }) == [
                "CookStarted", "CustomerGradeChanged",
            ])
    }

    static let stories: [[any Event]] = [
        [PaymentApproved(orderDetails, payId: 1)] + toldEvents[1...3].map(\.event) + [toldEvents[4].event],
        [PaymentApproved(orderDetails, payId: 1)] + [1, 6, 7, 9].map { toldEvents[$0].event },
        [PaymentApproved(orderDetails, payId: 1)] + [1, 11, 13].map { toldEvents[$0].event },
        [0, 10, 14].map { toldEvents[$0].event },
        [PaymentApproved(orderDetails, payId: 1)] + [12, 13, 15, 16].map { toldEvents[$0].event },
    ]

    @Test("In whatever order events come, repeated and with crashes, each is told once", arguments: 0..<stories.count)
    func anyOrder(_ number: Int) async throws {
        var generator = SplitMix(seed: UInt64(number))
        let story = Self.stories[number]
        let expected = Set(story.map { type(of: $0).type }).subtracting(["PaymentApproved"])
        for order in permutations(story, &generator) {
            let notifier = NotifierDouble()
            var harness = try await MessageHarness.open([notifier])
            let records = try order.map { try record($0, harness) }
            harness = try await harness.deliverRoughly(records, &generator) {
                try await MessageHarness.open([notifier], on: $0)
            }
            harness.clock.advance(seconds: 70)
            try await harness.retryEarlyEvents()
            try await harness.sendAll()
            #expect(Set(notifier.sent.map(\.notice.rawValue)) == expected)
            #expect(notifier.sent.count == expected.count)
            #expect(try await harness.waiting() == 0)
        }
    }

    @Test("An event that comes again after the inbox has forgotten it is told once all the same")
    func forgotten() async throws {
        let harness = try await MessageHarness.open([NotifierDouble()])
        let placed = try record(OrderPlaced(orderDetails), harness, id: "e1")
        try await harness.deliver([placed])
        try await harness.database.write { try $0.execute("DELETE FROM inbox") }
        #expect(try await harness.deliver([placed]).retry.isEmpty)
        #expect(try await harness.messages().count == 1)
    }

    @Test(
        "What has ended is removed after the retention time; what comes again then is too old, and what is new is told")
    func purged() async throws {
        let notifier = NotifierDouble { $0.orderId == "waits" ? .failed("no answer") : .sent }
        let harness = try await MessageHarness.open(
            [notifier], limits: .init(perSecond: 50, waiting: 100, age: .seconds(60)))
        let placed = try record(OrderPlaced(orderDetails), harness, id: "e1")
        try await harness.deliver([placed])
        try await harness.sendAll()
        harness.clock.advance(seconds: 100)
        try await harness.deliver(OrderPlaced(details("waits")))
        try await harness.purge(olderThan: .seconds(100))
        #expect(try await harness.messages().count == 2)
        harness.clock.advance(milliseconds: 1)
        try await harness.purge(olderThan: .seconds(100))
        #expect(try await harness.messages().compactMap { $0["orderId"]?.text } == ["waits"])
        try await harness.database.write { try $0.execute("DELETE FROM inbox") }
        try await harness.deliver([placed])
        try await harness.deliver(CookStarted(orderId: "a123"))
        try await harness.sendAll()
        #expect(notifier.sent.filter { $0.orderId == "a123" }.map(\.notice) == [.orderPlaced, .cookStarted])
        #expect(try await harness.get("/messages")["page"]?["totalElements"] == 3)
    }

    @Test("What is not sent yet is kept, however old it is")
    func keptUnsent() async throws {
        let harness = try await MessageHarness.open([NotifierDouble()])
        for id in ["a123", "b"] { try await harness.deliver(OrderPlaced(details(id))) }
        harness.clock.advance(seconds: 1_000)
        try await harness.purge(olderThan: .seconds(100))
        #expect(try await harness.statuses() == ["queued", "queued"])
    }

    private static let long = String(repeating: "x", count: 501)
    static let wrong: [any Event] = [
        CookStarted(orderId: ""), OrderRejected(orderId: "a123", reason: long), CookFinished(orderId: long),
        OrderExpired(orderId: "a123", reason: long), Picked(orderId: "", riderId: 1),
        Delivered(orderId: "a123", riderId: 1, deliveredAt: "soon"),
        RiderAssigned(orderId: "a123", riderId: 0, riderName: "r", riderTel: "1", distance: 1, version: 1),
        RiderAssigned(orderId: "a123", riderId: 1, riderName: long, riderTel: "1", distance: 1, version: 1),
        PaymentCanceled(orderId: "a123", payId: 1, amount: -1, reason: "r"),
        CustomerGradeChanged(custId: "", grade: "silver", points: 1),
        CustomerGradeChanged(custId: "hkh9405", grade: "silver", points: -1),
        ReviewCreated(
            orderId: "a123", storeId: 1, custId: "hkh9405", ratings: [], text: "", createdAt: "2026-11-21T12:00:00Z"),
        ReviewCreated(
            orderId: "a123", storeId: 1, custId: "hkh9405", ratings: [DishRating(name: "x", rating: 6)], text: "",
            createdAt: "2026-11-21T12:00:00Z"),
        PaymentDeferred(orderDetails, payBy: ""), OrderPlaced(details(long)), OrderPlaced(details("b", tel: long)),
        CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T11:00:00Z", version: 0),
    ]

    @Test("An event with a value that nobody may send is a dead letter, and nobody is told", arguments: 0..<wrong.count)
    func deadLetter(_ number: Int) async throws {
        let harness = try await MessageHarness.open([NotifierDouble()])
        try await harness.deliver(PaymentApproved(orderDetails, payId: 1))
        try await harness.deliver([record(Self.wrong[number], harness)])
        #expect(try await harness.messages() == [])
        #expect(try await harness.published("DeadLetter").count == 1)
    }

    // MARK: Numbers

    @Test(
        "A telephone number is dialled as in Korea, and shown by its last digits",
        arguments: [
            ("010-1234-5678", "01012345678", "***-****-5678"), ("+82 10-1234-5678", "01012345678", "-**-**-****-5678"),
            ("01012345678", "01012345678", "*******5678"), ("", nil, ""), ("nobody", nil, "------"),
            ("119", nil, "119"), ("0101234567890123", nil, "************0123"), ("٠١٠١٢٣٤٥٦٧٨", nil, "*******٥٦٧٨"),
        ] as [(String, String?, String)])
    func telephone(_ tel: String, _ dialled: String?, _ masked: String) {
        #expect(Telephone.dialled(tel) == dialled)
        #expect(Telephone.masked(tel) == masked)
    }

    @Test("The console shows the text, and no telephone number")
    func console() async throws {
        let lines = Lines()
        let log = Log(service: "customer", format: .text) { lines.append($0) }
        let harness = try await MessageHarness.open([ConsoleNotifier(log: log)])
        try await harness.deliver(OrderPlaced(orderDetails))
        try await harness.sendAll()
        #expect(try await harness.statuses() == ["sent"])
        #expect(lines.all.count == 1)
        #expect((lines.all.first ?? "").contains("주문(a123)이 접수되었습니다"))
        #expect((lines.all.first ?? "").contains("***-****-5678"))
        #expect(!(lines.all.first ?? "").contains("1234"))
        try await harness.deliver(
            RiderAssigned(
                orderId: "a123", riderId: 7, riderName: "김라이더", riderTel: "010-2000-0001", distance: 300, version: 3))
        try await harness.sendAll()
        #expect((lines.all.last ?? "").contains("연락처 ***-****-0001"))
    }
}
