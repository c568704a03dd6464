public import EventBus
public import Persistence
public import Telemetry

/// Publishes the outbox in the order of its commits, and marks a row only when the broker has answered for it.
///
/// At least once: after a crash between answer and mark the row is published again, with the same event id, and the
/// inboxes drop it. One relay per database.
public actor OutboxRelay {
    private let database: Database
    private let publisher: any EventPublisher
    private let topic: String
    private let source: String
    private let faults: FaultPoints
    private let log: Log
    private let published: Counter
    private let parked: Counter
    private let wake = Signal()

    /// Grows when the broker turns out to be another cluster: what was in flight then counts for nothing.
    private var epoch = 0
    private var failures = 0

    /// Rows that are in flight at once.
    private static let batchSize = 1000
    /// Between the starts of two batches under load. A batch costs a read, a request to the broker, a commit, and the
    /// same again at each consumer, so that many small ones would take the time that orders need.
    private static let pace = Duration.milliseconds(100)

    public init(
        database: Database, publisher: any EventPublisher, topic: String, source: String, faults: FaultPoints = .none,
        metrics: Metrics, log: Log
    ) {
        (self.database, self.publisher, self.topic, self.source) = (database, publisher, topic, source)
        (self.faults, self.log) = (faults, log)
        published = metrics.counter("outbox_published_total")
        parked = metrics.counter("outbox_parked_total")
        database.listen(Outbox.channel) { [wake] in wake.signal() }
    }

    /// Publishes until the task is cancelled; then what is in flight is finished or left in the outbox.
    public func run() async {
        await withTaskGroup { group in
            group.addTask { await self.watchCluster() }
            while !Task.isCancelled {
                do {
                    let next = ContinuousClock.now + Self.pace
                    switch try await publishBatch() {
                    case 0: await wake.wait()
                    case Self.batchSize: break  // A backlog: as fast as it goes.
                    default:
                        // Throws on cancellation only, which the loop looks at.
                        try? await Task.sleep(until: next)
                    }
                } catch {
                    log.error("The outbox could not be read or marked", ["error": "\(error)"])
                    await backOff()
                }
            }
            group.cancelAll()
        }
    }

    /// Publishes one batch.
    /// - Returns: how many rows it found.
    /// - Throws: `DatabaseError`; what was published but not marked goes out again.
    @discardableResult
    public func publishBatch() async throws -> Int {
        let (topic, source, epoch) = (topic, source, epoch)
        let rows = try await database.read {
            try OutboxRow.pending(atMost: Self.batchSize, topic: topic, source: source, in: $0)
        }
        guard !rows.isEmpty else { return 0 }
        faults.reach(.afterCommit)
        let results = await publisher.publish(rows.map(\.record))
        faults.reach(.afterPublish)
        let done = try await settle(rows, results)
        guard epoch == self.epoch else { return rows.count }
        try await mark(rows.prefix(done))
        if done == rows.count { failures = 0 } else { await backOff() }
        return rows.count
    }

    /// Deals with the rows that the broker did not take.
    /// - Returns: how many rows at the head are done with. The others go out again, and inboxes drop the repeats.
    private func settle(_ rows: [OutboxRow], _ results: [PublishFailure?]) async throws -> Int {
        let failed = zip(rows, results).compactMap { row, failure in failure.map { (row.id, $0) } }
        for (id, failure) in failed where failure.isPermanent {
            try await database.write { try OutboxRow.park(id, reason: failure.reason, in: $0) }
            parked.increment()
            log.error("The broker refuses an event for good, it was parked", ["row": "\(id)", "error": failure.reason])
        }
        guard let (id, failure) = failed.first(where: { !$0.1.isPermanent }) else { return rows.count }
        if failures == 0 { log.warning("Publishing failed and is tried again", ["error": failure.reason]) }
        return rows.prefix { $0.id < id }.count
    }

    private func mark(_ rows: ArraySlice<OutboxRow>) async throws {
        guard let first = rows.first?.id, let last = rows.last?.id else { return }
        published.increment(by: try await database.write { try OutboxRow.markPublished(first...last, in: $0) })
    }

    /// 50 ms, doubling to 2 s; shorter when the task is cancelled.
    private func backOff() async {
        failures += 1
        let milliseconds = min(2_000, 25 << min(failures, 7))
        try? await Task.sleep(for: .milliseconds(milliseconds))  // Throws on cancellation only, which `run` looks at.
    }
}

// MARK: - A cluster that lost its memory

extension OutboxRelay {
    /// Looks every second whether the address leads to another cluster than before. The embedded broker keeps its topic
    /// in memory: after its restart everything that is still kept is published again.
    private func watchCluster() async {
        while !Task.isCancelled {
            do {
                if let cluster = await publisher.clusterId() { try await noteCluster(cluster) }
            } catch {
                log.error("The cluster id could not be noted", ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(1))  // Throws on cancellation only, which the loop looks at.
        }
    }

    func noteCluster(_ cluster: String) async throws {
        let known = try await database.read { connection in
            try connection.first("SELECT cluster FROM outbox_cluster") { $0.text(0) }
        }
        guard known != cluster else { return }
        if known != nil { epoch += 1 }  // Before the reset: a batch that ends from here on must not be marked after it.
        let again = try await database.write { transaction in
            try transaction.execute(
                """
                INSERT INTO outbox_cluster (id, cluster) VALUES (1, $1)
                ON CONFLICT (id) DO UPDATE SET cluster = excluded.cluster
                """, [.text(cluster)])
            guard known != nil else { return 0 }
            return try transaction.execute("UPDATE outbox SET published_at = NULL WHERE published_at IS NOT NULL")
        }
        wake.signal()
        if known != nil { log.warning("The broker is a new cluster, publishing again", ["events": "\(again)"]) }
    }
}
