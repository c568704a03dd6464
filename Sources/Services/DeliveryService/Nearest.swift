import Persistence

/// Finds the rows of a table that are nearest to a place, in circles that widen: what it costs are the cells looked at and
/// what is in them, however large the table.
struct Nearest: Sendable {
    struct Found: Sendable, Equatable {
        let id: Int
        /// Metres.
        let distance: Double
    }

    private let sql: String

    /// Metres; in a large city there is somebody.
    private static let firstCircle = 500.0

    /// - Parameter cell: has an index; NULL for rows that are not to be found.
    init(_ table: String, cell: String, lat: String, lon: String) {
        sql = "SELECT id, \(lat), \(lon) FROM \(table) WHERE \(cell) >= $1 AND \(cell) <= $2"
    }

    /// The index that this needs, beside its table.
    static func index(_ table: String, cell: String, lat: String, lon: String) -> String {
        "CREATE INDEX \(table)_near ON \(table) (\(cell), \(lat), \(lon)) WHERE \(cell) IS NOT NULL"
    }

    /// - Parameter limit: metres.
    /// - Returns: at most `count`, the nearest first.
    func callAsFunction(
        _ count: Int, to place: Place, within limit: Double, but excluded: Set<Int> = [], in connection: any Connection
    ) throws -> [Found] {
        var radius = min(Self.firstCircle, limit)
        while true {
            let found = try all(within: radius, of: place, in: connection).filter { !excluded.contains($0.id) }
            if found.count >= count || radius >= limit {
                return Array(found.sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }.prefix(count))
            }
            radius = min(radius * 2, limit)
        }
    }

    private func all(within radius: Double, of place: Place, in connection: any Connection) throws -> [Found] {
        try Grid.cells(within: radius, of: place).flatMap { cells in
            try connection.query(sql, [.integer(cells.lowerBound), .integer(cells.upperBound)]) { row in
                let there = Place(lat: try row.real(1), lon: try row.real(2))
                return Found(id: try row.integer(0), distance: place.distance(to: there))
            }
        }.filter { $0.distance <= radius }
    }
}
