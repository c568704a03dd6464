import Contracts
import Persistence
import ServiceTestSupport

@testable import DeliveryService

typealias DeliveryHarness = ServiceHarness<DeliveryService>

/// The demo store.
let store = Place(lat: 37.3595, lon: 127.1052)

/// The clock of the harness stands at 10:00.
func accepted(_ orderId: String = "a123", ready: String = "2026-11-21T10:20:00Z") -> OrderAccepted {
    var event = OrderAccepted(
        orderId: orderId, storeId: 1, cmpltTime: ready, storeLat: store.lat, storeLon: store.lon)
    (event.storeName, event.storeAddress) = ("배달의민족 본점", "불정로 6")
    (event.custAddr, event.custTel, event.orderInfo) = ("불정로 10", "010-1234-5678", "김치찌개:1")
    return event
}

extension ServiceHarness<DeliveryService> {
    /// Without the demo riders.
    static func open(
        riders: Int = 0, _ settings: [String: String] = [:], clock: TestClock = TestClock(), database: Database? = nil
    ) async throws -> DeliveryHarness {
        let all = ["DEMO_RIDERS": "false"].merging(settings) { $1 }
        let harness = try await DeliveryHarness(all, clock: clock, database: database)
        if riders > 0 {
            try await harness.database.write { transaction in
                for number in 1...riders {
                    let place = Place(lat: store.lat + 0.001 * Double(number), lon: store.lon)
                    let rider = Rider(name: "라이더\(number)", tel: "010-\(number)", place: place)
                    _ = try Riders.table.insert(rider, in: transaction)
                }
            }
        }
        return harness
    }

    /// An order whose food is nearly ready, so that the search begins at once.
    static func searching(riders: Int, _ settings: [String: String] = [:]) async throws -> DeliveryHarness {
        let harness = try await open(riders: riders, settings)
        try await harness.deliver(accepted(ready: "2026-11-21T10:05:00Z"))
        try await harness.runDeadlines()
        return harness
    }

    /// The first rider has accepted.
    static func assigned(riders: Int = 2, isCooked: Bool = true) async throws -> DeliveryHarness {
        let harness = try await searching(riders: riders)
        _ = try await harness.command("accept")
        if isCooked { try await harness.deliver(CookFinished(orderId: "a123")) }
        return harness
    }

    func command(
        _ name: String, rider: Int = 1, _ id: Int = 1, headers: [(String, String)] = []
    ) async throws -> Answer {
        try await put("/deliveries/\(id)/\(name)", #"{"riderId":\#(rider)}"#, headers: headers)
    }

    func status(_ id: Int = 1) async throws -> String? { try await get("/deliveries/\(id)")["status"]?.text }

    func told() async throws -> [String] { try await published().map(\.type) }

    func pass(seconds: Int) async throws {
        clock.advance(seconds: seconds)
        try await runDeadlines()
    }

    /// Of the delivery's offers, by rider.
    func offers(_ id: Int = 1) async throws -> [String] {
        try await database.read { connection in
            try connection.query(
                "SELECT rider_id, status FROM offers WHERE delivery_id = $1 ORDER BY rider_id, id", [.integer(id)]
            ) { "\(try $0.integer(0)) \(try $0.text(1))" }
        }
    }

    func offers(_ status: Offer.Status) async throws -> Int {
        try await number("SELECT count(*) FROM offers WHERE status = $1", [.text(status.rawValue)])
    }

    /// Riders who are bound, though no open offer and no delivery of theirs says so; or the other way round.
    func wrongRiders() async throws -> Int {
        try await number(
            """
            SELECT count(*) FROM riders WHERE (delivery_id IS NOT NULL) <> (
                EXISTS (SELECT 1 FROM offers WHERE rider_id = riders.id AND status = 'open')
                OR EXISTS (SELECT 1 FROM deliveries
                    WHERE rider_id = riders.id AND status IN ('riderAssign', 'deliveryStart')))
            """)
    }

    /// Everything that is stored, to see that a refusal stores nothing.
    func stored() async throws -> [JSON] {
        let lists = try await [get("/riders").json, get("/deliveries").json]
        let (offers, told, waits) = (
            try await offers(), try await told(), try await number("SELECT count(*) FROM deadlines")
        )
        return lists + offers.map { .text($0) } + told.map { .text($0) } + [.number(Double(waits))]
    }
}
