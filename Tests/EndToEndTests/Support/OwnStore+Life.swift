import Foundation
import HTTPClient
import Testing

/// Longer parts of an order's life.
extension OwnStore {
    /// Places an order and cooks it.
    func cook(_ orderInfo: String, at price: Int) async throws -> String {
        let orderId = try await order(orderInfo, at: price)
        try await give("accept", to: orderId, #"{"cookMinutes":5}"#)
        for command in ["startCooking", "finishCooking"] { try await give(command, to: orderId) }
        return orderId
    }

    /// Places an order, cooks it and has it brought.
    func serve(_ orderInfo: String, at price: Int, by rider: OwnRider) async throws -> String {
        let orderId = try await cook(orderInfo, at: price)
        try await rider.bring(orderId)
        await becomes("orderFinish", orderId)
        return orderId
    }

    /// Asks to cancel, where the order links to it.
    func cancel(_ orderId: String) async throws -> ClientResponse {
        let address = try #require(await find("orders", .order, orderId).links["cancel"], "there is no link cancel")
        return try await send(.delete, address, "{}")
    }

    /// The same, without asking whether it is legal now.
    func insistOnCancel(of orderId: String) async throws -> ClientResponse {
        let address = try #require(await find("orders", .order, orderId).links["self"])
        return try await send(.delete, address, "{}")
    }

    /// Waits until the customer is asked for a review.
    func canReview(_ orderId: String) async {
        await eventually("\(orderId) can be reviewed") {
            try await find("myPages", .customer, orderId).links["review"] != nil
        }
    }

    /// Writes a review, whether or not that is legal now.
    /// - Parameters:
    ///   - stars: of each dish.
    ///   - custId: who writes; the customer, when it is left out.
    func review(
        _ orderId: String, _ stars: KeyValuePairs<String, Int>, text: String = "잘 먹었습니다", by custId: String? = nil
    ) async throws -> ClientResponse {
        let ratings = stars.map { #"{"name":"\#($0.key)","rating":\#($0.value)}"# }.joined(separator: ",")
        return try await system.send(
            .post, .customer, "reviews",
            #"{"orderId":"\#(orderId)","custId":"\#(custId ?? self.custId)","text":"\#(text)","ratings":[\#(ratings)]}"#
        )
    }

    /// What was told about the order, oldest first.
    func messages(of orderId: String) async throws -> [Document] {
        try await list(.customer, "messages", "findByOrderId?orderId=\(orderId)")
    }

    /// The story of the order.
    func timeline(of orderId: String) async throws -> [Document] {
        let order = try #require(await find("orders", .order, orderId).links["self"])
        return try await send(.get, order + "/timeline", "").json["events"] as? [Document] ?? []
    }
}
