import Contracts
import Persistence
import Time

/// What customers think of one dish of a store.
struct Rating: Record, Equatable {
    var id = 0
    let storeId: Int
    let name: String
    /// Of stars, with one decimal.
    private(set) var average = 0.0
    private(set) var count = 0
    /// Stars in all.
    private(set) var sum = 0
    private(set) var lastReviews = LastReviews()

    /// - Parameter rating: 1 to 5.
    mutating func add(_ rating: Int, by review: ReviewCreated) {
        count += 1
        sum += rating
        average = (Double(sum) / Double(count) * 10).rounded() / 10
        lastReviews.add(
            .init(orderId: review.orderId, rating: rating, text: review.text, createdAt: review.createdAt))
    }
}

/// The latest ones, whatever the order in which they came.
struct LastReviews: Codable, Equatable, Sendable {
    struct Entry: Codable, Equatable, Sendable {
        var orderId: String
        var rating: Int
        var text: String
        /// ISO 8601 with offset.
        var createdAt: String

        /// Later ones first; the id decides between those of one moment.
        fileprivate func isBefore(_ other: Entry) -> Bool {
            let (mine, others) = (Timestamp(rfc3339: createdAt), Timestamp(rfc3339: other.createdAt))
            let (time, otherTime) = (mine?.milliseconds ?? .min, others?.milliseconds ?? .min)
            return (time, orderId) > (otherTime, other.orderId)
        }
    }

    private static let limit = 3

    private(set) var entries: [Entry] = []

    mutating func add(_ entry: Entry) {
        entries = Array((entries + [entry]).sorted { $0.isBefore($1) }.prefix(Self.limit))
    }
}
