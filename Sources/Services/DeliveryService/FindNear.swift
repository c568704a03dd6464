import Contracts
import HTTPServer
import Persistence

/// The search `findNear?lat=&lon=&km=`: what is nearest to a place, the nearest first.
struct FindNear: Sendable {
    static let search = Resource.Search("findNear", "lat", "lon", "km")

    private static let mostKm = 50.0
    private static let most = 100

    let place: Place
    /// Metres.
    let radius: Double

    /// - Throws: `BadRequest` 400 that names the parameter.
    init(_ request: HTTPRequest) throws(BadRequest) {
        func number(_ name: String, _ range: ClosedRange<Double>) throws(BadRequest) -> Double {
            let text = try request.requiredQuery(name)
            guard let number = Double(text), range.contains(number) else {
                let message = "must be \(Int(range.lowerBound)) to \(Int(range.upperBound))"
                throw BadRequest("The query parameter \(name) is not valid", fields: [.init(name, message)])
            }
            return number
        }
        place = Place(lat: try number("lat", Limits.lat), lon: try number("lon", Limits.lon))
        radius = try number("km", 0...Self.mostKm) * 1000
    }

    /// The rows of `table` that `nearest` finds, at most a hundred.
    func rows<Row: Record>(
        of table: Table<Row>, by nearest: Nearest, in database: Database
    ) async throws -> [(row: Row, distance: Double)] {
        try await database.read { connection in
            try nearest(Self.most, to: place, within: radius, in: connection).compactMap { found in
                try table.find(id: found.id, in: connection).map { ($0, found.distance) }
            }
        }
    }
}
