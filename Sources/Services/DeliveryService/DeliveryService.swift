import Contracts
import HTTPServer
import Messaging
import Persistence
import ServiceKit

/// What the delivery context stores, reacts to and offers.
struct DeliveryService: Service {
    static let name = "delivery"
    static let defaultPort: UInt16 = 8084
    static let topic = Topic.name
    static let settings: [any AnySetting] = DeliveryTimes.settings + [radius, demoRiders]
    static let migrations =
        Riders.table.migrations + Deliveries.all.table.migrations + Offers.table.migrations
        + Withdrawals.table.migrations
    static let views = [CmpltTrts.view]
    static let listings: [any AnyListing] = [
        Riders.listing, Deliveries.listing, DeliveryInfos.listing, CmpltTrts.listing,
    ]

    private static let radius = Setting(
        "RIDER_RADIUS_KM", default: 10, in: 1...50, "how far from a store its riders may be")
    private static let demoRiders = Setting(
        "DEMO_RIDERS", default: true, "enters six riders around the demo store into an empty database")

    private let context: ServiceContext
    private let deliveryPolicies: DeliveryPolicies
    private let hasDemoRiders: Bool

    init(_ context: ServiceContext) throws {
        self.context = context
        let times = try DeliveryTimes(context.environment)
        let radius = Double(try context.environment[Self.radius]) * 1000
        let searchRiders = SearchRiders(times: times, radius: radius)
        deliveryPolicies = DeliveryPolicies(
            scheduleSearch: ScheduleSearch(times: times, searchRiders: searchRiders), searchRiders: searchRiders,
            endDelivery: EndDelivery(times: times))
        hasDemoRiders = try context.environment[Self.demoRiders]
    }

    var policies: [Policy] { deliveryPolicies.all }
    var deadlines: [Deadline] { deliveryPolicies.deadlines }

    var purges: [Retention.Purge] { [Withdrawals.purge] }

    func prepare() async throws {
        if hasDemoRiders { try await context.database.write { try DemoRiders.enter(in: $0) } }
    }

    func addRoutes(to router: inout Router) {
        RiderRoutes(database: context.database).add(to: &router)
        DeliveryRoutes(
            database: context.database, answerOffer: AnswerOffer(searchRiders: deliveryPolicies.searchRiders),
            endDelivery: deliveryPolicies.endDelivery
        ).add(to: &router)
    }
}
