/// First come, first served queues for the connections to each origin.
///
/// The limit is kept here rather than by libcurl's `CURLMOPT_MAX_HOST_CONNECTIONS`: a call that waits here costs
/// nothing, has its deadline watched, and has certainly not been sent.
struct Lanes {
    fileprivate struct Lane {
        var running = 0
        var waiting: [PendingCall] = []
        /// Index of the longest-waiting call; those before it have left.
        var head = 0
    }

    enum Entry { case runs, waits, refused }

    private let limit: Int
    private let maximumWaiting: Int
    private var lanes: [String: Lane] = [:]
    private(set) var waitingCount = 0

    init(_ configuration: HTTPClient.Configuration) {
        (limit, maximumWaiting) = (configuration.connectionsPerHost, configuration.maximumWaiting)
    }

    mutating func enter(_ call: PendingCall) -> Entry {
        if lanes[call.origin, default: Lane()].enter(limit: limit) { return .runs }
        guard waitingCount < maximumWaiting else { return .refused }
        lanes[call.origin]?.waiting.append(call)
        waitingCount += 1
        return .waits
    }

    /// - Returns: the call that may run in place of the one that left.
    mutating func leave(_ origin: String) -> PendingCall? {
        guard let index = lanes.index(forKey: origin) else { return nil }
        if let next = lanes.values[index].next() {
            waitingCount -= 1
            return next
        }
        if lanes.values[index].isIdle { lanes.remove(at: index) }
        return nil
    }

    /// Takes out the waiting calls for which `condition` holds.
    mutating func remove(where condition: (PendingCall) -> Bool) -> [PendingCall] {
        var removed: [PendingCall] = []
        for index in lanes.indices { removed += lanes.values[index].remove(where: condition) }
        waitingCount -= removed.count
        return removed
    }
}

extension Lanes.Lane {
    fileprivate var isIdle: Bool { running == 0 }

    fileprivate mutating func enter(limit: Int) -> Bool {
        guard running < limit else { return false }
        running += 1
        return true
    }

    fileprivate mutating func next() -> PendingCall? {
        guard head < waiting.count else {
            running -= 1
            return nil
        }
        defer {
            head += 1
            if head == waiting.count || head > 256 {
                waiting.removeFirst(head)
                head = 0
            }
        }
        return waiting[head]
    }

    fileprivate mutating func remove(where condition: (PendingCall) -> Bool) -> [PendingCall] {
        let removed = waiting[head...].filter(condition)
        if !removed.isEmpty {
            waiting = waiting[head...].filter { !condition($0) }
            head = 0
        }
        return removed
    }
}
