import Events
import Messaging
import Records
import Synchronization

/// A broker in memory. It can refuse records, make its callers wait, and be replaced by an empty one.
final class MemoryPublisher: EventPublisher {
    enum Call: Equatable, Sendable { case publishing, published, clusterAsked(String?) }

    private struct State {
        var cluster: String? = "first"
        var restarts = 0
        var offsets: [TopicPartition: Int] = [:]
        var stored: [OutgoingRecord] = []
        var batches: [[OutgoingRecord]] = []
        var refuse: @Sendable (OutgoingRecord) -> PublishFailure? = { _ in nil }
        /// The partition of a record; the only one unless a test says otherwise.
        var partition: @Sendable (OutgoingRecord) -> Int = { _ in 0 }
        var holds: @Sendable (OutgoingRecord) -> Bool = { _ in false }
        var held: [CheckedContinuation<Void, Never>] = []
        /// Calls that nobody has waited for yet, and those who wait for one.
        var calls: [Call] = []
        var waiting: [(call: Call, continuation: AsyncStream<Void>.Continuation)] = []
    }
    private let state = Mutex(State())

    /// What the topic holds, as names in the order of arrival.
    var names: [String?] { stored.map(\.name) }
    var stored: [OutgoingRecord] { state.withLock(\.stored) }
    /// What each call brought, refused records as well.
    var batches: [[String?]] { state.withLock(\.batches).map { $0.map(\.name) } }

    func refuse(_ decide: @escaping @Sendable (OutgoingRecord) -> PublishFailure?) {
        state.withLock { $0.refuse = decide }
    }

    /// Refuses records of that name.
    func refuse(_ name: String, permanently isPermanent: Bool) {
        refuse { $0.name == name ? PublishFailure(reason: "no \(name)", isPermanent: isPermanent) : nil }
    }

    func acceptAll() { refuse { _ in nil } }

    /// Another broker, with an empty topic, answers at the address from now on.
    func replaceCluster(by name: String) { state.withLock { ($0.cluster, $0.stored) = (name, []) } }

    /// Somebody deletes the topic; it is there again, and empty.
    func makeTopicAgain() {
        state.withLock { state in
            state.stored = []
            state.restarts += 1
        }
    }

    var lastOffsets: [TopicPartition: Int] { state.withLock(\.offsets) }
    func remember(_ offsets: [TopicPartition: Int]) { state.withLock { $0.offsets = offsets } }

    var topicRestarts: Int { state.withLock(\.restarts) }

    func disconnect() { state.withLock { $0.cluster = nil } }

    /// Makes callers with such a record wait until ``letGo()``; their records are stored already.
    func hold(_ which: @escaping @Sendable (OutgoingRecord) -> Bool = { _ in true }) {
        state.withLock { $0.holds = which }
    }

    func spread(_ partition: @escaping @Sendable (OutgoingRecord) -> Int) {
        state.withLock { $0.partition = partition }
    }

    func lane(of record: OutgoingRecord) -> EventLane {
        EventLane(topic: record.topic, partition: state.withLock(\.partition)(record))
    }

    func letGo() {
        let held = state.withLock { state in
            state.holds = { _ in false }
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    func publish(_ records: [OutgoingRecord]) async -> [PublishFailure?] {
        let results = state.withLock { state in
            let results = records.map(state.refuse)
            state.batches.append(records)
            state.stored += zip(records, results).filter { $0.1 == nil }.map(\.0)
            return results
        }
        note(.publishing)
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                let isHeld = records.contains(where: state.holds)
                if isHeld { state.held.append(continuation) }
                return !isHeld
            }
            if goesOn { continuation.resume() }
        }
        note(.published)
        return results
    }

    func clusterId() async -> String? {
        let cluster = state.withLock(\.cluster)
        note(.clusterAsked(cluster))
        return cluster
    }

    private func note(_ call: Call) {
        let waiting = state.withLock { state -> AsyncStream<Void>.Continuation? in
            guard let index = state.waiting.firstIndex(where: { $0.call == call }) else {
                state.calls.append(call)
                return nil
            }
            return state.waiting.remove(at: index).continuation
        }
        waiting?.yield()
    }

    /// Returns once `call` has happened; each call serves one wait.
    /// - Throws: `CancellationError` when the test is given up.
    func wait(for call: Call) async throws {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let happened = state.withLock { state in
            if let index = state.calls.firstIndex(of: call) {
                state.calls.remove(at: index)
                return true
            }
            state.waiting.append((call, continuation))
            return false
        }
        if happened { return }
        for await _ in stream { return }
        throw CancellationError()
    }
}
