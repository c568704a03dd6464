import Contracts
import HTTPServer
import Time

/// When the food will be ready, as an acceptance or a delay says it: a time, or minutes from now.
struct ReadyForm: Decodable, Sendable {
    /// ISO 8601 with offset.
    var cmpltTime: String?
    var cookMinutes: LenientInt?

    private static let longest = 24 * 60

    /// - Returns: ISO 8601 with offset, later than `now`.
    func checked(now: Timestamp) throws(InvalidFields) -> String {
        if let cmpltTime {
            guard Limits.time.contains(cmpltTime.utf8.count), let time = Timestamp(rfc3339: cmpltTime), time > now,
                time <= now + .seconds(Self.longest * 60)
            else {
                throw InvalidFields([
                    .init("cmpltTime", "must be an ISO 8601 time with offset within the next 24 hours")
                ])
            }
            return cmpltTime
        }
        guard let minutes = cookMinutes?.value, (1...Self.longest).contains(minutes) else {
            throw InvalidFields([.init("cookMinutes", "must be 1 to \(Self.longest), unless cmpltTime is given")])
        }
        return (now + .seconds(minutes * 60)).rfc3339
    }
}
