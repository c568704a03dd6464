import Foundation
import HTTPClient
import Synchronization

/// What customers and owners were told: the system must stand by all of it.
final class Promises: Sendable {
    enum Command: String, CaseIterable, Sendable { case accept, reject, startCooking, finishCooking }

    enum Ride: String, CaseIterable, Sendable { case accept, decline, pick, deliver }

    struct Told: Sendable {
        /// Orders that were answered 201, as they were answered.
        var placed: [String: OrderDocument] = [:]
        /// Orders that were answered 402.
        var declined: Set<String> = []
        /// The owner's commands that were answered 200, by order.
        var commands: [String: [Command: OrderDocument]] = [:]
        /// Orders whose cancellation was taken for the store to decide.
        var cancellations: Set<String> = []
        /// Riders' words that were answered 200, by order, with the rider who gave them.
        var rides: [String: [(ride: Ride, rider: Int)]] = [:]
        /// Orders whose review was answered 201.
        var reviews: Set<String> = []
        /// The times that delays were answered with, by order; `nil` when there was no answer.
        var delays: [String: [String?]] = [:]
        /// Number of answers, by request and status; status 0 is no answer.
        var answers: [String: Int] = [:]
        /// What contradicts itself without a look at the system.
        var differences = Differences()
    }
    private let state = Mutex(Told())

    var told: Told { state.withLock { $0 } }

    /// - Parameter expected: statuses that may be answered to this request, beside none and 503.
    func note(_ request: String, _ answer: ClientResponse?, expected: Set<Int>) {
        let status = answer?.status ?? 0
        state.withLock { state in
            state.answers["\(request) \(status)", default: 0] += 1
            state.differences.require(
                expected.union([0, 503]).contains(status), "an answer that nobody expects",
                "\(request): \(status) \(String(decoding: answer?.body ?? Data(), as: UTF8.self))")
        }
    }

    func place(_ order: OrderDocument) {
        state.withLock { state in
            if let before = state.placed.updateValue(order, forKey: order.orderId) {
                state.differences.require(
                    before == order, "a repeated order was answered in another way", "\(before) then \(order)")
            }
        }
    }

    func decline(_ orderId: String) { state.withLock { _ = $0.declined.insert(orderId) } }

    func cancel(_ orderId: String) { state.withLock { _ = $0.cancellations.insert(orderId) } }

    /// - Parameter answer: with the new time; `nil` when it is not known whether there is one.
    func delay(_ orderId: String, _ answer: OrderDocument?) {
        state.withLock { $0.delays[orderId, default: []].append(answer?.cmpltTime) }
    }

    func obey(_ command: Command, _ order: OrderDocument) {
        state.withLock { state in
            if state.commands[order.orderId, default: [:]].updateValue(order, forKey: command) != nil {
                state.differences.add("a command was carried out twice", "\(command) of \(order)")
            }
        }
    }

    func ride(_ ride: Ride, _ delivery: DeliveryDocument, by rider: Int) {
        state.withLock { state in
            if ride != .decline, state.rides[delivery.orderId, default: []].contains(where: { $0.ride == ride }) {
                state.differences.add("a ride was carried out twice", "\(ride) of \(delivery)")
            }
            state.rides[delivery.orderId, default: []].append((ride, rider))
        }
    }

    func review(_ orderId: String) {
        state.withLock { state in
            if !state.reviews.insert(orderId).inserted { state.differences.add("a review was taken twice", orderId) }
        }
    }
}
