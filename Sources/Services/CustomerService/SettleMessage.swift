import Persistence
import Time

/// Stores what became of an attempt; what can never go out by one channel is entered for the next.
struct SettleMessage: Sendable {
    /// In the order in which they are tried.
    let channels: [Message.Channel]
    let now: Timestamp

    /// - Returns: where the message is now.
    func settle(_ message: Message, _ outcome: Outcome, in transaction: Transaction) throws -> Message.Status {
        switch outcome {
        case .sent: return try change(message, in: transaction) { try $0.send(at: now) }
        case .failed(let reason) where message.attempts < Message.maximumAttempts:
            return try change(message, in: transaction) { try $0.retry(reason: reason) }
        case .failed(let reason), .refused(let reason):
            let status = try change(message, in: transaction) { try $0.fail(reason: reason) }
            if let next = next(after: message.channel) { try enter(message, by: next, in: transaction) }
            return status
        }
    }

    private func change(
        _ message: Message, in transaction: Transaction, _ move: (inout Message) throws -> Void
    ) throws -> Message.Status {
        try Messages.table.change(message, in: transaction, move).status
    }

    /// A channel that is not set up any more hands over to the first one.
    private func next(after channel: Message.Channel) -> Message.Channel? {
        guard let place = channels.firstIndex(of: channel) else { return channels.first }
        return channels[(place + 1)...].first
    }

    private func enter(_ message: Message, by channel: Message.Channel, in transaction: Transaction) throws {
        // Read again, because a newer status may have come meanwhile.
        guard let failed = try Messages.table.find(id: message.id, in: transaction),
            try !Messages.isThere(message.eventId, channel, in: transaction)
        else { return }
        let again = try Messages.table.insert(failed.again(by: channel, now: now), in: transaction)
        guard let orderId = message.orderId,
            var recipient = try Recipients.find(order: orderId, in: transaction), recipient.messageId == message.id
        else { return }
        recipient.messageId = again.id
        try Recipients.table.update(recipient, in: transaction)
    }
}
