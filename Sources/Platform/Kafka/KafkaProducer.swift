import CRdKafka
public import Records
import Synchronization
public import Telemetry

/// Sends records, and answers for each one whether the brokers have it.
///
/// Idempotent and acknowledged by all replicas; the partition follows from the key as in Java's clients (murmur2).
/// A fatal error ends the librdkafka instance underneath; the next ``send(_:)`` works on a new one.
public final class KafkaProducer: Sendable {
    private enum State: Sendable {
        case open(ProducerSession)
        case closed
    }

    private let settings: [[String: String]]
    private let log: KafkaLog
    private let state: Mutex<State>
    /// By topic, as first heard.
    let partitionCounts = Mutex<[String: Int]>([:])
    private let offsets = OffsetWatch()

    /// How often a topic turned out to have been deleted and made again: what was sent before is gone.
    public var topicRestarts: Int { offsets.restarts }

    /// The last offset that was given in each partition, or, until then, that ``remember(_:)`` was told.
    public var lastOffsets: [TopicPartition: Int] { offsets.last }

    /// Goes on from what another producer was told; an offset that is not beyond it means that the topic was made again.
    public func remember(_ last: [TopicPartition: Int]) { offsets.last = last }

    /// Connects in the background; the brokers need not be there yet.
    /// - Parameters:
    ///   - linger: how long a record waits for others that go with it in one request. Records of one ``send(_:)``
    ///     share requests without it.
    ///   - messageTimeout: how long a record is tried before it is reported as failed.
    /// - Throws: ``KafkaError`` for a setting librdkafka refuses, or no memory or threads left.
    public init(
        _ connection: KafkaConnection, clientId: String, linger: Duration = .zero,
        messageTimeout: Duration = .seconds(30), log: Log
    ) throws(KafkaError) {
        settings = connection.producer(clientId, linger: linger, messageTimeout: messageTimeout)
        self.log = KafkaLog(log, client: clientId)
        state = Mutex(.open(try ProducerSession(settings, log: self.log)))
    }

    deinit {
        // Ends without waiting; the session's thread gives the rest up and frees the instance.
        if case .open(let session) = state.withLock({ $0 }) { session.end(flushUntil: .now) }
    }

    /// Sends `records` in order and returns when each one was delivered or given up.
    ///
    /// Waits while the local queue is full. Callers that run at the same time share requests, not order.
    /// - Returns: one element per record, `nil` when it was delivered.
    public func send(_ records: [OutgoingRecord]) async -> [KafkaError?] {
        let session: ProducerSession
        do { session = try current() } catch { return records.map { _ in error } }
        let batch = DeliveryBatch(count: records.count, offsets: offsets)
        var next = 0
        while true {
            next = session.produce(records, from: next, into: batch)
            if next == records.count { break }
            await Blocking.pause(milliseconds: 5)
        }
        await batch.reports()
        return records.indices.map { batch.failure($0, topic: records[$0].topic) }
    }

    /// Waits up to `timeout` for deliveries, gives the rest up, and frees everything. Sending fails from now on.
    public func close(timeout: Duration) async {
        let session: ProducerSession? = state.withLock { state in
            defer { state = .closed }
            if case .open(let session) = state { return session }
            return nil
        }
        guard let session else { return }
        session.end(flushUntil: .now + timeout)
        await session.ended()
    }

    /// The session to use, which replaces one that met a fatal error.
    func current() throws(KafkaError) -> ProducerSession {
        try state.withLock { state throws(KafkaError) in
            guard case .open(let session) = state else { throw KafkaError(RD_KAFKA_RESP_ERR__DESTROY) }
            guard session.isOver else { return session }
            let next = try ProducerSession(settings, log: log)
            state = .open(next)
            return next
        }
    }
}
