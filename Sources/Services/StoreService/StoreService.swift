import Contracts
import Events
import HTTPServer
import Messaging
import Persistence
import ServiceKit
import Telemetry

/// What the store context stores, reacts to and offers.
struct StoreService: Service {
    static let name = "store"
    static let defaultPort: UInt16 = 8083
    static let topic = Topic.name
    static let settings: [any AnySetting] = [
        answerWithin, startWithin, finishWithin, cancelUntil, demoCatalog,
    ]
    static let migrations =
        Stores.table.migrations + MenuItems.table.migrations + Stock.table.migrations
        + OrderManages.migrations
    static let views = [OrderDtls.view, Ratings.view]
    static let listings: [any AnyListing] = [
        OrderManages.listing, OrderDtls.listing, Stores.listing, MenuItems.listing, Ratings.listing,
    ]

    private static let answerWithin = Setting(
        "STORE_ANSWER_SECONDS", default: 300, in: 1...86_400, unit: .seconds(1),
        "an order that the owner has not answered by then is rejected")
    private static let startWithin = Setting<Int>(
        "COOK_START_SECONDS", default: 3_600, in: 1...604_800,
        "an accepted order is canceled when cooking has not begun this long after cmpltTime")
    private static let finishWithin = Setting<Int>(
        "COOK_FINISH_SECONDS", default: 3_600, in: 1...604_800,
        "an order that is being cooked is canceled when it is not finished this long after cmpltTime")
    private static let cancelUntil = Setting(
        "CANCEL_UNTIL", default: DecideCancellation.Limit.cooking, "what ends the customer's right to cancel")
    private static let demoCatalog = Setting(
        "DEMO_CATALOG", default: true, "enters three stores with their dishes into an empty database")

    private let context: ServiceContext
    private let orderPolicies: OrderManagePolicies
    private let hasDemoCatalog: Bool

    init(_ context: ServiceContext) throws {
        self.context = context
        let receiveOrder = ReceiveOrder(
            answerWithin: try context.environment[Self.answerWithin],
            patience: OrderManage.Patience(
                start: try context.environment[Self.startWithin], finish: try context.environment[Self.finishWithin]))
        orderPolicies = OrderManagePolicies(
            receiveOrder: receiveOrder,
            decideCancellation: DecideCancellation(limit: try context.environment[Self.cancelUntil]))
        hasDemoCatalog = try context.environment[Self.demoCatalog]
    }

    var policies: [Policy] { orderPolicies.all }
    var deadlines: [Deadline] { orderPolicies.deadlines }

    func prepare() async throws {
        do { try await context.database.write { try ChangeMenu.announceAll(in: $0) } } catch let error as DatabaseError
        {
            // A full disk stops no start.
            context.log.warning("The dishes are not announced again", ["error": "\(error)"])
        }
        if hasDemoCatalog { try await context.database.write { try DemoCatalog.enter(in: $0) } }
    }

    func addRoutes(to router: inout Router) {
        OrderManageRoutes(database: context.database, clock: context.clock).add(to: &router)
        StoreRoutes(database: context.database).add(to: &router)
        MenuItemRoutes(database: context.database).add(to: &router)
    }
}
