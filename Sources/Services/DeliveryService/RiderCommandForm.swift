import HTTPServer
import Persistence

/// Which rider gives a command.
struct RiderCommandForm: Decodable, Sendable {
    var riderId: LenientInt?

    /// - Throws: `InvalidFields` 422 when there is no such rider.
    func rider(in transaction: Transaction) throws -> Rider {
        guard let riderId else { throw InvalidFields([.init("riderId", "is missing")]) }
        guard let rider = try Riders.table.find(id: riderId.value, in: transaction) else {
            throw InvalidFields([.init("riderId", "there is no such rider", rejected: "\(riderId.value)")])
        }
        return rider
    }
}
