import Events
import Messaging
import Persistence
import Time

/// What one person is told of one event, by one channel.
struct Message: Versioned, Equatable {
    var id = 0
    var version = 1
    let eventId: String
    let channel: Channel
    let notice: Notice
    /// `nil` for what is about no order.
    let orderId: String?
    let receiver: Receiver
    /// Who orders; also where the owner is told of it.
    let custId: String
    let tel: String
    let text: String
    private(set) var status = Status.queued
    /// A newer status of the same order is told as well, so this one can be spared. ``Messages`` sets it.
    var isSuperseded = false
    private(set) var attempts = 0
    private(set) var reason: String?
    let happenedAt: Timestamp
    /// When it is to be sent; `nil` when that is over.
    private(set) var dueAt: Timestamp?
    private(set) var sentAt: Timestamp?

    enum Channel: String, CaseIterable, ColumnValue { case console, alimtalk, sms }
    enum Receiver: String, ColumnValue { case customer, owner }
}

/// The life of a message.
extension Message {
    /// The words on the wire.
    enum Status: String, CaseIterable, ColumnValue { case queued, retrying, sent, failed, shed }
    enum Move: String, CaseIterable { case begin, retry, send, fail, shed }

    /// The whole state machine; a pair that is missing here is an illegal move.
    static let states = StateMachine<Status, Move> { status, move in
        switch (status, move) {
        case (.queued, .begin), (.retrying, .begin): status
        case (.queued, .retry), (.retrying, .retry): .retrying
        case (.queued, .send), (.retrying, .send): .sent
        case (.queued, .fail), (.retrying, .fail): .failed
        case (.queued, .shed), (.retrying, .shed): .shed
        default: nil
        }
    }

    /// How often a channel that does not answer is asked; with the pauses between, four minutes.
    static let maximumAttempts = 10

    /// Notes an attempt before it is made, so that none is forgotten however it ends: were the answer not stored, the next
    /// attempt would come after a pause all the same, and not be the first one for ever.
    mutating func begin(at now: Timestamp) throws(IllegalMove) {
        try make(.begin)
        attempts += 1
        dueAt = now + Self.pause(after: attempts)
    }

    /// The attempt failed, and the next one may not; it comes when ``begin(at:)`` has said.
    mutating func retry(reason: String) throws(IllegalMove) {
        try make(.retry)
        self.reason = reason
    }

    mutating func send(at now: Timestamp) throws(IllegalMove) {
        try make(.send)
        (dueAt, sentAt, reason) = (nil, now, nil)
    }

    mutating func fail(reason: String) throws(IllegalMove) {
        try make(.fail)
        (dueAt, self.reason) = (nil, reason)
    }

    mutating func shed(reason: String) throws(IllegalMove) {
        try make(.shed)
        (dueAt, self.reason) = (nil, reason)
    }

    /// 1 s, doubling to a minute.
    static func pause(after attempts: Int) -> Duration { min(.seconds(60), .seconds(1 << min(attempts - 1, 6))) }

    private mutating func make(_ move: Move) throws(IllegalMove) {
        status = try Self.states.status(after: move, from: status)
    }
}

extension Message {
    /// One that waits to be sent.
    init(
        of eventId: String, by channel: Channel, _ notice: Notice, orderId: String?, to receiver: Receiver,
        custId: String, tel: String, text: String, happenedAt: Timestamp, now: Timestamp
    ) {
        (self.eventId, self.channel, self.notice, self.orderId) = (eventId, channel, notice, orderId)
        (self.receiver, self.custId, self.tel, self.text) = (receiver, custId, tel, text)
        // What happened first is sent first, whenever it was heard of.
        (self.happenedAt, dueAt) = (happenedAt, min(happenedAt, now))
    }

    /// The same by another channel.
    func again(by channel: Channel, now: Timestamp) -> Message {
        var message = Message(
            of: eventId, by: channel, notice, orderId: orderId, to: receiver, custId: custId, tel: tel, text: text,
            happenedAt: happenedAt, now: now)
        message.isSuperseded = isSuperseded
        return message
    }
}
