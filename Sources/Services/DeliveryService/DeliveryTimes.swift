import ServiceKit

/// How long the waits of a delivery last.
struct DeliveryTimes: Sendable {
    /// The search begins so long before the food is ready.
    let lead: Duration
    /// A rider has this long to answer.
    let offer: Duration
    /// Until somebody is looked for again when nobody is free.
    let retry: Duration
    /// A search without success is given up.
    let search: Duration
    /// From the later of assignment and cooked food until the rider must have it.
    let pickUp: Duration
    /// From then on until the customer must have it.
    let delivery: Duration
}

extension DeliveryTimes {
    private static let lead = Setting(
        "RIDER_LEAD_SECONDS", default: 600, in: 0...86_400, unit: .seconds(1),
        "how long before the food is ready a rider is looked for")
    private static let offer = Setting(
        "OFFER_SECONDS", default: 30, in: 1...3_600, unit: .seconds(1), "how long a rider has to accept an offer")
    private static let retry = Setting(
        "RIDER_RETRY_SECONDS", default: 5, in: 1...600, unit: .seconds(1),
        "until a rider is looked for again when nobody is free")
    private static let search = Setting(
        "RIDER_SEARCH_SECONDS", default: 3_600, in: 1...86_400, unit: .seconds(1),
        "a delivery without a rider fails after this search")
    private static let pickUp = Setting(
        "PICKUP_SECONDS", default: 1_800, in: 1...86_400, unit: .seconds(1),
        "a rider who has not picked up the cooked food by then is released")
    private static let delivery = Setting(
        "DELIVERY_SECONDS", default: 7_200, in: 1...86_400, unit: .seconds(1),
        "food that was picked up and is not handed over by then counts as lost")

    static let settings: [any AnySetting] = [lead, offer, retry, search, pickUp, delivery]

    init(_ environment: ServiceEnvironment) throws {
        self.init(
            lead: try environment[Self.lead], offer: try environment[Self.offer], retry: try environment[Self.retry],
            search: try environment[Self.search], pickUp: try environment[Self.pickUp],
            delivery: try environment[Self.delivery])
    }
}
