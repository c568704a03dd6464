import Time

/// One event of an order, as its record told of it.
struct TimelineStep: Equatable, Sendable {
    var eventId: String
    var type: String
    /// The service that published it.
    var source: String
    var time: Timestamp
    /// Of the event, or the request, that it follows from.
    var causeId: String?
    /// Who acted: a request, a policy or a deadline.
    var by: String?
    var detail: String?
}

extension [TimelineStep] {
    /// No effect before its cause, whatever the clocks of the services say; else by time. What follows from something that
    /// is not here stands by its time.
    /// - Precondition: they are in the order of their times.
    func inCausalOrder() -> [TimelineStep] {
        let here = Set(map(\.eventId))
        var told: Set<String> = []
        var waiting: [String: [TimelineStep]] = [:]
        var order: [TimelineStep] = []
        func tell(_ step: TimelineStep) {
            var next = [step]
            while let step = next.popLast() {
                order.append(step)
                told.insert(step.eventId)
                next += (waiting.removeValue(forKey: step.eventId) ?? []).reversed()
            }
        }
        for step in self {
            if let cause = step.causeId, here.contains(cause), !told.contains(cause) {
                waiting[cause, default: []].append(step)
            } else {
                tell(step)
            }
        }
        // Events that name each other as their causes are nobody's of ours; they are shown all the same.
        return order + filter { !told.contains($0.eventId) }
    }
}
