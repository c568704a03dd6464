import Dispatch
import Events
import Foundation
import Kafka
import Messaging
import Persistence
import Records
import Synchronization
import Telemetry
import Time

/// Reads the topic as the service's consumer group and gives what it reads to the policies.
///
/// Where it begins is kept in the transactions that handle the records, so it fits the database, also one that was
/// restored or emptied. What comes again the inbox drops.
struct PolicyConsumer: Sendable {
    /// Calls its argument, which blocks, whenever partitions are assigned.
    let connect: @Sendable (@escaping @Sendable () throws -> ReadMarks) throws(KafkaError) -> KafkaConsumer
    let database: Database
    let clusterId: @Sendable () async -> String?
    let dispatcher: PolicyDispatcher
    let faults: FaultPoints
    let health: Health
    let metrics: Metrics
    let log: Log

    /// librdkafka blocks while it waits, so it gets a thread that Swift's pool does not miss.
    private let thread = DispatchQueue(label: "policy-consumer")

    init(
        connect: @escaping @Sendable (@escaping @Sendable () throws -> ReadMarks) throws(KafkaError) -> KafkaConsumer,
        database: Database,
        clusterId: @escaping @Sendable () async -> String?, dispatcher: PolicyDispatcher, faults: FaultPoints,
        health: Health, metrics: Metrics, log: Log
    ) {
        (self.connect, self.database, self.clusterId, self.dispatcher) = (connect, database, clusterId, dispatcher)
        (self.faults, self.health, self.metrics, self.log) = (faults, health, metrics, log)
    }

    /// Records of one commit; a bigger one would keep orders waiting for the writer.
    private static let batchSize = 200
    /// Between two polls under load, so that records gather and share a commit.
    private static let pace = Duration.milliseconds(50)
    /// Between two notes of what was skipped; a crash forgets that much of it.
    private static let noteInterval = Duration.seconds(10)

    /// Consumes until the task is cancelled; the batch in hand is finished first.
    func run() async {
        while !Task.isCancelled {
            do {
                _ = try await readMarks()  // There is no use in joining the group while the database is away.
                let consumer = try connect(readMarksNow)
                metrics.gauge("kafka_consumer_fetch_manager_records_lag") { Double(consumer.lag.values.reduce(0, +)) }
                do { try await consume(with: consumer) } catch {
                    let hasLost = await hasLostRecords(error, consumer)
                    await close(consumer)
                    if hasLost == true { return reportLoss(error) }
                    if hasLost == false { try await beginAgain() }
                    throw error
                }
                return await close(consumer)
            } catch is CancellationError {
                return
            } catch {
                log.warning("The consumer starts over", ["error": "\(error)"])
                try? await Task.sleep(for: .seconds(1))  // Throws on cancellation only, which the loop looks at.
            }
        }
    }

    /// What it means that the next record is not there: `true` when it was removed unread, `false` when the topic was made
    /// again, or cut off. Asked at once: a topic that was made again fills up, and then looks as if nothing had happened.
    ///
    /// A broker that lost its memory has none of our offsets either: that is a fresh start, and so is any cluster but the
    /// one that the offsets are from. Only a consumer's first assignment is believed: librdkafka hands out the error of an
    /// earlier one, perhaps of the broker that is gone, after the next has begun (rd_kafka_offset_reset queues it without a
    /// version, 2.0.2). What is true meets the next consumer at once.
    /// - Returns: `nil` when that is not known, or it is another error.
    private func hasLostRecords(_ error: any Error, _ consumer: KafkaConsumer) async -> Bool? {
        guard let error = error as? KafkaError, error.isOffsetLost, consumer.generation == 1,
            let before = consumer.clusterId, await clusterId() == before
        else { return nil }
        return await withCheckedContinuation { continuation in
            thread.async { continuation.resume(returning: try? consumer.hasLostRecords()) }  // The next one asks again.
        }
    }

    /// The inbox drops what was handled before.
    private func beginAgain() async throws {
        log.warning("The topic was made again, or cut off: reading from its first record")
        try await database.write { try ReadMarksTable.forget(in: $0) }
    }

    private func reportLoss(_ error: any Error) {
        health.eventsAreLost("events were removed from the topic before this service read them")
        log.error(
            "Events were lost: the topic no longer has them. See docs/operations.md, Events were lost",
            ["error": "\(error)"])
    }

    private func close(_ consumer: KafkaConsumer) async {
        await noteSkipped()
        await consumer.close(timeout: .seconds(2))
    }

    private func noteSkipped() async {
        do { try await dispatcher.noteSkipped() } catch {
            log.warning("Skipped records could not be noted, they may be read again", ["error": "\(error)"])
        }
    }

    private func readMarks() async throws -> ReadMarks {
        try await database.read { try ReadMarksTable.read(in: $0) }
    }

    /// Blocks the polling thread, which is none of Swift's pool.
    private func readMarksNow() throws -> ReadMarks {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex(Result<ReadMarks, any Error>.success(ReadMarks()))
        Task {
            do {
                let marks = try await readMarks()
                result.withLock { $0 = .success(marks) }
            } catch {
                result.withLock { $0 = .failure(error) }
            }
            done.signal()
        }
        done.wait()
        return try result.withLock { try $0.get() }
    }

    private func consume(with consumer: KafkaConsumer) async throws {
        var (pauses, nextNote) = (RetryPauses(), ContinuousClock.now + Self.noteInterval)
        var generation: Int?
        while !Task.isCancelled {
            let next = ContinuousClock.now + Self.pace
            let batch = try await poll(consumer)
            if generation != consumer.generation {
                generation = consumer.generation
                dispatcher.beginAgain()
            }
            pauses.enter(generation: consumer.generation)
            if let marks = consumer.takeBeginnings() {
                try await database.write { try ReadMarksTable.begin(marks, in: $0) }
            }
            let records = batch.records.filter { !pauses.contains($0.partition) }
            if !records.isEmpty {
                let outcome = try await dispatch(records)
                faults.reach(.beforeOffsetStore)
                let topic = records[0].topic
                let offsets = outcome.next.map { (TopicPartition(topic, $0.key), $0.value) }
                consumer.storeOffsets(Dictionary(uniqueKeysWithValues: offsets), generation: batch.generation)
                for (partition, offset) in outcome.retry { pauses.add(topic, partition, offset) }
            }
            for (place, offset) in pauses.due() { try await seek(place, offset, consumer) }
            if .now >= nextNote {
                await noteSkipped()
                nextNote = .now + Self.noteInterval
            }
            if batch.records.count < Self.batchSize { try await Task.sleep(until: next) }
        }
    }

    /// - Throws: `CancellationError`, `DatabaseWentBack`: a database that is away is waited for.
    private func dispatch(_ records: [EventRecord]) async throws -> PolicyDispatcher.Outcome {
        var wait = Duration.milliseconds(50)
        while true {
            do { return try await dispatcher.dispatch(records) } catch let error as DatabaseWentBack {
                throw error
            } catch {
                log.error("Events could not be handled, trying again", ["error": "\(error)"])
                try await Task.sleep(for: wait)
                wait = min(wait * 2, .seconds(2))
            }
        }
    }

    private struct Batch: Sendable {
        var records: [EventRecord]
        var generation: Int
    }

    private func poll(_ consumer: KafkaConsumer) async throws -> Batch {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                thread.async { continuation.resume(with: Result { try pollNow(consumer) }) }
            }
        } onCancel: {
            consumer.hurry()
        }
    }

    private func pollNow(_ consumer: KafkaConsumer) throws -> Batch {
        var generation = 0
        let records = try consumer.poll(atMost: Self.batchSize, timeoutMilliseconds: 100) { view in
            generation = view.generation
            return record(view)
        }
        return Batch(records: records, generation: generation)
    }

    private func seek(_ place: TopicPartition, _ offset: Int, _ consumer: KafkaConsumer) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            thread.async { continuation.resume(with: Result { try consumer.seek(place, to: offset) }) }
        }
    }

    /// Copies the whole record only when somebody listens to its type; of others the key, which early events wait for.
    private func record(_ view: borrowing KafkaRecordView) -> EventRecord {
        let type = view.header("type")
        var record = EventRecord(
            cluster: view.clusterId, topic: view.topic, partition: view.partition, offset: view.offset,
            timestamp: Timestamp(milliseconds: view.timestamp ?? 0), key: view.key)
        if let name = EventHeaders.type(type), !dispatcher.listens(to: name) {
            record.headers = [RecordHeader(name: "type", value: type ?? .init())]
        } else {
            record.headers = view.headers
            record.payload = view.payload
        }
        return record
    }
}
