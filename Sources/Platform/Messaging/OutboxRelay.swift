import Events
public import Persistence
import Records
public import Telemetry
import Time

/// Publishes the outbox in the order of its commits, lane by lane, and marks a row only when the broker has answered
/// for it.
///
/// A lane that cannot be written keeps no other waiting, and holds no more than one batch in memory. At least once:
/// after a crash between answer and mark the row is published again, with the same event id, and the inboxes drop it.
/// One relay per database (`Database.lead`): a former one that has not noticed yet repeats what its successor publishes.
public actor OutboxRelay {
    let database: Database
    let publisher: any EventPublisher
    private let topic: String
    private let source: String
    private let faults: FaultPoints
    let log: Log
    private let published: Counter
    private let parked: Counter
    /// There may be something to do.
    let wake = Signal()

    var lanes = OutboxLanes()
    private var sending: [EventLane: Task<Void, Never>] = [:]
    private var round = Round()
    /// Answers of the broker that are not in the database yet.
    private var reports: [Report] = []
    /// The cluster that the database knows, and another one that has answered since.
    var cluster: (known: String?, new: String?) = (nil, nil)
    /// Of the publisher, those that were made up for.
    var topicRestarts = 0
    /// Of the outbox, as far as this relay knows; `nil` when that has to be looked up.
    var generation: Int?
    /// Offsets that the database knows.
    var noted: [TopicPartition: Int] = [:]
    /// Grows when what was published turns out to be gone: what was in flight then counts for nothing.
    var epoch = 0

    /// Rows that are read at once.
    private static let batchSize = 1000
    /// Between the starts of two batches under load. A batch costs a read, a request to the broker, a commit, and the
    /// same again at each consumer, so that many small ones would take the time that orders need.
    private static let pace = Duration.milliseconds(100)
    /// How long the end of a run waits for what is under way.
    private static let farewell = Duration.seconds(2)
    /// Between two looks at a database into which other processes write as well.
    private static let pollInterval = Duration.milliseconds(50)
    /// How long a batch waits for its slowest lane, so that all rows of it are marked in one commit.
    private static let patience = Duration.milliseconds(100)

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

    /// Publishes until the task is cancelled; then what is in flight is finished or left in the outbox. Once only.
    public func run() async {
        await withTaskGroup { group in
            group.addTask { await self.watchCluster() }
            while !Task.isCancelled {
                let next = ContinuousClock.now + Self.pace
                do {
                    if try await publishBatch() > 0 {
                        // A backlog goes as fast as it can. Throws on cancellation only, which the loop looks at.
                        if !round.isFull { try? await Task.sleep(until: next) }
                    } else if !round.isFull {
                        await pause()
                    }
                } catch {
                    log.error("The outbox could not be read or marked", ["error": "\(error)"])
                    try? await Task.sleep(for: .seconds(1))  // As above.
                }
            }
            group.cancelAll()
        }
        await finish()
    }

    private func pause() async {
        let times = [lanes.idleTime(), database.isShared ? Self.pollInterval : nil].compactMap(\.self)
        if let time = times.min() { await wake.wait(atMost: time) } else { await wake.wait() }
    }

    /// What the broker has not answered by then goes out again.
    private func finish() async {
        let end = ContinuousClock.now + Self.farewell
        while !sending.isEmpty, .now < end { await wake.wait(atMost: .milliseconds(20)) }
        do {
            try await noteRestarts()
            try await settle()
        } catch {
            log.error("Published events could not be marked, they go out again", ["error": "\(error)"])
        }
    }
}

// MARK: - One batch

extension OutboxRelay {
    /// What was sent together, and is marked together as far as the broker answers in time.
    private struct Round {
        var number = 0
        /// Lanes whose report is still to come.
        var open = 0
        /// Whether there may be more rows to read.
        var isFull = false
        let done = Signal()
    }

    private struct Report {
        var lane: EventLane
        var rows: [OutboxRow]
        var results: [PublishFailure?]
        var epoch: Int
    }

    /// Publishes what may go out now, and marks what the broker has answered for.
    /// - Returns: how many rows it sent.
    /// - Throws: `DatabaseError`; what was published but not marked goes out again.
    @discardableResult
    public func publishBatch() async throws -> Int {
        if generation == nil { try await catchUp() }
        if let new = cluster.new { try await noteCluster(new) }
        try await noteRestarts()
        try await settle()
        let batch: [EventLane: [OutboxRow]]
        do { batch = try await gather() } catch {
            lanes.lookFromStart()  // What was met is not sent.
            throw error
        }
        guard !batch.isEmpty else { return 0 }
        faults.reach(.afterCommit)
        round.open = batch.count
        for (lane, rows) in batch { send(rows, lane) }
        await round.done.wait(atMost: Self.patience)
        round.number += 1
        try await settle()
        return batch.values.reduce(0) { $0 + $1.count }
    }

    /// The rows that may go out now: those of lanes that were held up, and those that nobody has met yet.
    private func gather() async throws -> [EventLane: [OutboxRow]] {
        var batch: [EventLane: [OutboxRow]] = [:]
        round.isFull = false
        if let start = lanes.begin() {
            let late = try await read(start...lanes.front)
            for row in late {
                let lane = publisher.lane(of: row.record)
                if lanes.meetAgain(row.id, of: lane) { batch[lane, default: []].append(row) }
            }
            lanes.caughtUp(through: late.count == Self.batchSize ? late.last?.id : nil)
        }
        for row in try await read((lanes.front + 1)...Int.max) {
            let lane = publisher.lane(of: row.record)
            if lanes.meet(row.id, of: lane) { batch[lane, default: []].append(row) }
        }
        return batch
    }

    private func read(_ range: ClosedRange<Int>) async throws -> [OutboxRow] {
        let (topic, source) = (topic, source)
        let rows = try await database.read {
            try OutboxRow.pending(range, atMost: Self.batchSize, topic: topic, source: source, in: $0)
        }
        if rows.count == Self.batchSize { round.isFull = true }
        return rows
    }

    private func send(_ rows: [OutboxRow], _ lane: EventLane) {
        lanes.send(lane)
        let (round, epoch) = (round.number, epoch)
        sending[lane] = Task {
            let results = await publisher.publish(rows.map(\.record))
            faults.reach(.afterPublish)
            reports.append(Report(lane: lane, rows: rows, results: results, epoch: epoch))
            sending[lane] = nil
            guard round == self.round.number else { return wake.signal() }
            self.round.open -= 1
            if self.round.open == 0 { self.round.done.signal() }
        }
    }

    /// Writes down what the broker has answered since the last time, in one commit.
    private func settle() async throws {
        let reports = reports
        self.reports = []
        var settlement = Settlement()
        for report in reports where report.epoch == epoch { settlement.add(report.rows, report.results) }
        do { try await write(settlement) } catch {
            for report in reports { lanes.fail(report.lane, from: report.rows[0].id) }
            throw error
        }
        for report in reports { free(report) }
    }

    private func write(_ settlement: Settlement) async throws {
        guard !settlement.isEmpty else { return }
        let offsets = publisher.lastOffsets
        let new = offsets.filter { noted[$0.key] != $0.value }
        let marked = try await database.write { [generation] transaction -> Int? in
            guard try OutboxRow.generation(in: transaction) == generation else { return nil }
            try OutboxOffsets.write(new, in: transaction)
            return try settlement.write(in: transaction)
        }
        guard let marked else { return fallBehind() }
        noted = offsets
        published.increment(by: marked)
        for (id, reason) in settlement.refused {
            parked.increment()
            log.error("The broker refuses an event for good, it was parked", ["row": "\(id)", "error": reason])
        }
    }

    private func free(_ report: Report) {
        guard report.epoch == epoch, let (row, failure) = Settlement.firstFailure(report.rows, report.results)
        else { return lanes.succeed(report.lane) }
        guard lanes.fail(report.lane, from: row.id) else { return }
        log.warning(
            "Publishing failed and is tried again", ["topic": row.record.topic, "error": failure.reason])
    }
}
