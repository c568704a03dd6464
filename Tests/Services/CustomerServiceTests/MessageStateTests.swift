import Events
import ServiceTestSupport
import Testing
import Time

@testable import CustomerService

@Suite("The states of a message")
struct MessageStateTests {
    private typealias Status = Message.Status
    private typealias Move = Message.Move

    /// Written down apart from the program; every pair that is not here is illegal.
    private static let legal: [(Status, Move, Status)] = [
        (.queued, .begin, .queued), (.queued, .send, .sent), (.queued, .retry, .retrying), (.queued, .fail, .failed),
        (.queued, .shed, .shed), (.retrying, .begin, .retrying), (.retrying, .send, .sent),
        (.retrying, .retry, .retrying), (.retrying, .fail, .failed), (.retrying, .shed, .shed),
    ]
    static let pairs = Message.Status.allCases.flatMap { status in Message.Move.allCases.map { (status, $0) } }
    private static let now = Timestamp(milliseconds: 1_795_255_200_000)

    private func message(_ status: Status) throws -> Message {
        var message = Message(
            of: "e1", by: .alimtalk, .orderPlaced, orderId: "a123", to: .customer, custId: "c", tel: "1", text: "t",
            happenedAt: Self.now, now: Self.now)
        switch status {
        case .queued: break
        case .retrying: try message.retry(reason: "r")
        case .sent: try message.send(at: Self.now)
        case .failed: try message.fail(reason: "r")
        case .shed: try message.shed(reason: "r")
        }
        #expect(message.status == status)
        return message
    }

    @Test("Each move leads where the table says, or is illegal and changes nothing", arguments: pairs)
    func moves(_ status: Message.Status, _ move: Message.Move) throws {
        let before = try message(status)
        var message = before
        let make = {
            switch move {
            case .begin: try message.begin(at: Self.now)
            case .retry: try message.retry(reason: "no answer")
            case .send: try message.send(at: Self.now)
            case .fail: try message.fail(reason: "no number")
            case .shed: try message.shed(reason: "too many")
            }
        }
        if let row = Self.legal.first(where: { $0.0 == status && $0.1 == move }) {
            try make()
            #expect(message.status == row.2)
            #expect((message.dueAt != nil) == [.queued, .retrying].contains(row.2))
            #expect((message.sentAt != nil) == (row.2 == .sent))
        } else {
            #expect(throws: IllegalMove.self) { try make() }
            #expect(message == before)
        }
    }

    @Test("The pause doubles to a minute, and four minutes are the end")
    func pauses() {
        let pauses = (1..<Message.maximumAttempts).map { Message.pause(after: $0).milliseconds / 1000 }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60])
        #expect(Message.pause(after: .max) == .seconds(60))
    }
}
