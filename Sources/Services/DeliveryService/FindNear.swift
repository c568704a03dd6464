import Contracts
import HTTPServer
import Persistence

/// The search `findNear?lat=&lon=&km=`, perhaps with `size`: what is nearest to a place, the nearest first.
struct FindNear: Sendable {
    static let search = Resource.Search("findNear", "lat", "lon", "km", "size")

    private static let mostKm = 50.0
    private static let sizes = 1...100

    let place: Place
    /// Metres.
    let radius: Double
    let size: Int

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
        guard let size = Int(request.query("size") ?? "20"), Self.sizes.contains(size) else {
            let message = "must be \(Self.sizes.lowerBound) to \(Self.sizes.upperBound)"
            throw BadRequest("The query parameter size is not valid", fields: [.init("size", message)])
        }
        self.size = size
    }

    /// The rows of `table` that `nearest` finds.
    func rows<Row: Record>(
        of table: Table<Row>, by nearest: Nearest, in database: Database
    ) async throws -> [(row: Row, distance: Double)] {
        try await database.read { connection in
            try nearest(size, to: place, within: radius, in: connection).compactMap { found in
                try table.find(id: found.id, in: connection).map { ($0, found.distance) }
            }
        }
    }
}
