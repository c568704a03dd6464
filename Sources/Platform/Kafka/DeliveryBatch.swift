import CRdKafka
import Synchronization

/// Collects the delivery reports of messages that were sent together, and wakes the sender once.
///
/// `@unchecked Sendable`: each slot is written once, by whoever reports that message, before the atomic `open` goes
/// down; the sender reads the slots after `open` reached zero. `continuation` is set before the sender gives up its own
/// share of `open`. The sender's frame keeps the batch alive until then, so librdkafka is lent plain pointers.
final class DeliveryBatch: @unchecked Sendable {
    private struct Slot {
        let batch: Unmanaged<DeliveryBatch>
        var code = RD_KAFKA_RESP_ERR_NO_ERROR
    }

    private let slots: UnsafeMutableBufferPointer<Slot>
    /// Reports to come, plus one for the sender that still hands messages over.
    private let open: Atomic<Int>
    private var continuation: CheckedContinuation<Void, Never>?

    private let offsets: OffsetWatch

    /// - Parameter offsets: told where each message was stored.
    init(count: Int, offsets: OffsetWatch) {
        self.offsets = offsets
        slots = .allocate(capacity: count)
        open = Atomic(count + 1)
        slots.initialize(repeating: Slot(batch: Unmanaged.passUnretained(self)))
    }

    deinit { slots.deallocate() }

    /// What message `index` carries through librdkafka.
    func opaque(_ index: Int) -> UnsafeMutableRawPointer? {
        slots.baseAddress.map { UnsafeMutableRawPointer($0 + index) }
    }

    /// Reports a message that librdkafka did not take.
    func refuse(_ index: Int, _ code: rd_kafka_resp_err_t) {
        slots[index].code = code
        finishOne()
    }

    /// Reports a message, by what it carried.
    static func report(_ message: rd_kafka_message_t, _ opaque: UnsafeMutableRawPointer) {
        let slot = opaque.assumingMemoryBound(to: Slot.self)
        slot.pointee.code = message.err
        // No +1 was handed over: the sender's frame holds the batch until the last report.
        slot.pointee.batch._withUnsafeGuaranteedRef { batch in
            // Here, because reports come in the order of the partition, and senders may go on in another one.
            if message.err == RD_KAFKA_RESP_ERR_NO_ERROR { batch.offsets.note(message) }
            batch.finishOne()
        }
    }

    /// Suspends until every message has its report; call it once, after all were handed over or refused.
    func reports() async {
        await withCheckedContinuation { continuation in
            self.continuation = continuation
            finishOne()
        }
    }

    /// Call after ``reports()``.
    func failure(_ index: Int, topic: String) -> KafkaError? {
        let code = slots[index].code
        return code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaError(code, topic: topic)
    }

    private func finishOne() {
        guard open.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
        continuation?.resume()
    }
}
