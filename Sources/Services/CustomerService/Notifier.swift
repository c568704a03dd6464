import Telemetry

/// A way to reach people.
protocol Notifier: Sendable {
    var channel: Message.Channel { get }

    /// Sends one message, once. Called again for the same message only when it was not certain that it had gone out.
    func send(_ message: Message) async -> Outcome
}

/// What became of an attempt.
enum Outcome: Sendable, Equatable {
    case sent
    /// This message will never go out by this channel.
    case refused(String)
    /// It may go out later; it may even have gone out, when the answer got lost.
    case failed(String)
}

/// Writes messages to the log, for development: nobody is told anything.
struct ConsoleNotifier: Notifier {
    let log: Log
    let channel = Message.Channel.console

    func send(_ message: Message) async -> Outcome {
        log.info(
            "Notice",
            [
                "to": "\(message.receiver.rawValue) \(Telephone.masked(message.tel))",
                "text": Telephone.masked(in: message.text),
            ])
        return .sent
    }
}
