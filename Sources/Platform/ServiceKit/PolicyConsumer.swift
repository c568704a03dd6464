import Dispatch
import Events
import Foundation
import Kafka
import Messaging
import Persistence
import Records
import Telemetry
import Time

/// Reads the topic as the service's consumer group and gives what it reads to the policies.
///
/// Where it begins is kept in the transactions that handle the records, so it fits the database, also one that was
/// restored or emptied. What comes again the inbox drops.
struct PolicyConsumer: Sendable {
    let connect: @Sendable (ReadMarks) throws(KafkaError) -> KafkaConsumer
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
        connect: @escaping @Sendable (ReadMarks) throws(KafkaError) -> KafkaConsumer, database: Database,
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

    /// For a consumer that was made because of a loss: a true one it meets at once, however slow the brokers are.
    private static let suspicion = Duration.seconds(30)

    /// Consumes until the task is cancelled; the batch in hand is finished first.
    func run() async {
        var suspectedUntil = ContinuousClock.now
        while !Task.isCancelled {
            do {
                let consumer = try connect(try await readMarks())
                metrics.gauge("kafka_consumer_fetch_manager_records_lag") { Double(consumer.lag.values.reduce(0, +)) }
                do { try await consume(with: consumer) } catch {
                    let isLoss = await isLoss(error, of: consumer)
                    await close(consumer)
                    if isLoss, .now < suspectedUntil { return reportLoss(error) }
                    suspectedUntil = isLoss ? .now + Self.suspicion : .now
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

    /// A broker that lost its memory has none of our offsets either: that is a fresh start. Where it is not known whether
    /// the cluster is the same, the next consumer asks again.
    ///
    /// Only a consumer's first assignment is believed: librdkafka hands out the error of an earlier one, perhaps of the
    /// broker that is gone, after the next has begun (rd_kafka_offset_reset queues it without a version, 2.0.2). And only
    /// when the next consumer meets it as well: that one looks first whether the topic was made again.
    private func isLoss(_ error: any Error, of consumer: KafkaConsumer) async -> Bool {
        guard let error = error as? KafkaError, error.isOffsetLost, consumer.generation == 1,
            let before = consumer.clusterId
        else { return false }
        return await clusterId() == before
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

    private func write(_ marks: ReadMarks) async throws {
        try await database.write { try ReadMarksTable.write(marks, in: $0) }
    }

    private func consume(with consumer: KafkaConsumer) async throws {
        var (pauses, nextNote) = (RetryPauses(), ContinuousClock.now + Self.noteInterval)
        while !Task.isCancelled {
            let next = ContinuousClock.now + Self.pace
            let batch = try await poll(consumer)
            pauses.enter(generation: consumer.generation)
            if let marks = consumer.takeMarks() { try await write(marks) }
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

    /// - Throws: `CancellationError` only: a database that is away is waited for.
    private func dispatch(_ records: [EventRecord]) async throws -> PolicyDispatcher.Outcome {
        var wait = Duration.milliseconds(50)
        while true {
            do { return try await dispatcher.dispatch(records) } catch {
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
