import ServiceKit

/// How long an order waits for others.
struct OrderWaits: Sendable {
    /// For the customer to confirm that the food is there; `nil` when the delivery alone closes the deal.
    let confirmation: Duration?
    /// For the store to answer a wish to cancel; then it is asked again.
    let storeAnswer: Duration
    /// For payment.
    let room: WaitingRoom

    static let settings: [any AnySetting] = [completeOn, confirmWithin, storeAnswersWithin, places, payWithin]

    init(_ environment: ServiceEnvironment) throws {
        let confirmWithin = try environment[Self.confirmWithin]
        confirmation = try environment[Self.completeOn] == .confirmation ? confirmWithin : nil
        storeAnswer = try environment[Self.storeAnswersWithin]
        room = WaitingRoom(size: try environment[Self.places], within: try environment[Self.payWithin])
    }

    private enum Completion: String, CaseIterable { case delivery, confirmation }

    private static let completeOn = Setting("COMPLETE_ON", default: Completion.delivery, "what closes the deal")
    private static let confirmWithin = Setting(
        "CONFIRM_SECONDS", default: 86_400, in: 1...2_592_000, unit: .seconds(1),
        "a delivered order that the customer has not confirmed by then is finished")
    private static let storeAnswersWithin = Setting(
        "CANCEL_ANSWER_SECONDS", default: 60, in: 1...86_400, unit: .seconds(1),
        "a store that has not answered a cancellation by then is asked again")
    private static let places = Setting(
        "WAITING_ROOM", default: 1_000, in: 0...100_000, "how many orders wait while payment is away")
    private static let payWithin = Setting(
        "PAY_WITHIN_SECONDS", default: 600, in: 1...86_400, unit: .seconds(1),
        "an order that waits and is not paid by then is given up")
}
