import Contracts
import HTTPClient
import HTTPServer
import Messaging
import Persistence
import ServiceKit

/// What the customer context stores, reacts to and offers.
struct CustomerService: Service {
    static let name = "customer"
    static let defaultPort: UInt16 = 8085
    static let topic = Topic.name
    static let settings: [any AnySetting] = NotifierSettings.all
    static let migrations =
        Customers.all.table.migrations + Points.table.migrations + Meals.all.table.migrations
        + Reviews.all.table.migrations + Recipients.table.migrations + Messages.migrations
    static let views = [MyPages.view]
    static let listings: [any AnyListing] = [
        Customers.listing, Messages.listing, Reviews.listing, MyPages.listing,
    ]

    private let context: ServiceContext
    private let notifier: NotifierSettings
    let sender: MessageSender

    init(_ context: ServiceContext) throws {
        let notifier = try NotifierSettings(context.environment, clock: context.clock, log: context.log)
        self.init(context, notifier)
    }

    init(_ context: ServiceContext, _ notifier: NotifierSettings) {
        (self.context, self.notifier) = (context, notifier)
        sender = MessageSender(
            database: context.database, notifiers: notifier.notifiers, limits: notifier.limits, clock: context.clock,
            metrics: context.metrics, log: context.log)
    }

    var policies: [Policy] {
        CustomerPolicies.all + ReviewPolicies.all
            + MessagePolicies(channel: notifier.channel, ownerTel: notifier.ownerTel).all
    }
    var purges: [Retention.Purge] { [Messages.purge] }
    var tasks: [@Sendable () async -> Void] { [sender.run] }
    func close() { notifier.client?.close() }

    func addRoutes(to router: inout Router) {
        ReviewRoutes(database: context.database).add(to: &router)
    }
}
