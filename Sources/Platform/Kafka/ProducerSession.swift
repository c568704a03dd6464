import CRdKafka
import Foundation
import Records
import Synchronization

/// One producer instance of librdkafka, and the thread that serves its delivery reports.
///
/// The thread ends the session: when asked to, or after a fatal error, it lets no message in any more, flushes,
/// purges what is left so that every sender gets its reports, and frees the instance.
final class ProducerSession: Sendable {
    private struct Ending {
        var flushUntil: ContinuousClock.Instant?
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// What sending needs; gone once the session has ended.
    private let gate: Mutex<ProducerInput?>
    private let ending = Mutex(Ending())

    init(_ settings: [[String: String]], log: KafkaLog) throws(KafkaError) {
        let handle = try KafkaHandle(RD_KAFKA_PRODUCER, settings, context: KafkaContext(log: log)) {
            rd_kafka_conf_set_dr_msg_cb($0, delivered)
        }
        gate = Mutex(ProducerInput(handle))
        Thread.detachNewThread {
            Thread.current.name = "kafka-producer"
            self.run()
        }
    }

    /// The instance, or `nil` when the session has ended; for calls beside sending.
    var handle: KafkaHandle? { gate.withLock { $0?.handle } }

    /// Whether another session has to take over.
    var isOver: Bool { handle.map { Self.isFatal($0) } ?? true }

    /// Makes librdkafka behave as after an error that it cannot get over; for tests.
    func raiseFatalError() {
        guard let handle else { return }
        rd_kafka_test_fatal_error(handle.pointer, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "raised by a test")
    }

    private static func isFatal(_ handle: KafkaHandle) -> Bool {
        rd_kafka_fatal_error(handle.pointer, nil, 0) != RD_KAFKA_RESP_ERR_NO_ERROR
    }

    /// Hands records over in order.
    /// - Returns: the index of the first one that found the local queue full; `records.count` when none did.
    func produce(_ records: [OutgoingRecord], from start: Int, into batch: DeliveryBatch) -> Int {
        gate.withLock { input in
            for index in start..<records.count {
                let code = input?.produce(records[index], opaque: batch.opaque(index)) ?? RD_KAFKA_RESP_ERR__DESTROY
                switch code {
                case RD_KAFKA_RESP_ERR_NO_ERROR: continue
                case RD_KAFKA_RESP_ERR__QUEUE_FULL: return index
                default: batch.refuse(index, code)
                }
            }
            return records.count
        }
    }

    /// Ends the session; messages that are not delivered by `deadline` are given up.
    func end(flushUntil deadline: ContinuousClock.Instant) {
        ending.withLock { $0.flushUntil = $0.flushUntil.map { min($0, deadline) } ?? deadline }
    }

    /// Returns once the instance is freed.
    func ended() async {
        await withCheckedContinuation { continuation in
            let hasEnded = ending.withLock { ending in
                if !ending.hasEnded { ending.waiters.append(continuation) }
                return ending.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }
}

// MARK: - On the session's own thread

extension ProducerSession {
    private func run() {
        serve()
        let waiters = ending.withLock { ending in
            ending.hasEnded = true
            return ending.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    private func serve() {
        guard let handle else { return }
        while ending.withLock({ $0.flushUntil == nil }), !Self.isFatal(handle) { rd_kafka_poll(handle.pointer, 100) }
        gate.withLock { input in
            input?.freeTopics()
            input = nil
        }
        while let deadline = ending.withLock(\.flushUntil), .now < deadline, !Self.isFatal(handle) {
            if rd_kafka_flush(handle.pointer, 50) == RD_KAFKA_RESP_ERR_NO_ERROR { break }
        }
        // Purged messages are reported too, so no sender waits for ever.
        rd_kafka_purge(handle.pointer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        while rd_kafka_outq_len(handle.pointer) > 0 { rd_kafka_poll(handle.pointer, 10) }
    }
}

/// librdkafka calls this once per message it took, on the session's thread.
private func delivered(_: OpaquePointer?, message: UnsafePointer<rd_kafka_message_t>?, _: UnsafeMutableRawPointer?) {
    guard let message = message?.pointee, let opaque = message._private else { return }
    DeliveryBatch.report(message, opaque)
}
