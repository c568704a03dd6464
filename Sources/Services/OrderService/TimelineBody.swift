import Time

/// The story of an order, as it goes over the wire.
struct TimelineBody: Encodable, Sendable {
    let orderId: String
    /// In causal order.
    let events: [Entry]

    struct Entry: Encodable, Sendable {
        /// From 1.
        var no: Int
        var time, event, publisher: String
        var ko, en: String?
        var by: String?
        /// The `no` of the event that this one follows from; nothing where a request or a deadline began it.
        var because: Int?
        /// A compensation says of what.
        var undoes: String?
        var detail: String?
    }

    init(orderId: String, _ steps: [TimelineStep]) {
        self.orderId = orderId
        let steps = steps.inCausalOrder()
        let numbers = Dictionary(zip(steps.map(\.eventId), 1...), uniquingKeysWith: { first, _ in first })
        events = steps.enumerated().map { index, step in
            let words = TimelineWords.all[step.type]
            return Entry(
                no: index + 1, time: step.time.rfc3339, event: step.type, publisher: step.source, ko: words?.ko,
                en: words?.en, by: step.by, because: step.causeId.flatMap { numbers[$0] }, undoes: words?.undoes,
                detail: step.detail)
        }
    }
}
