import Persistence
import ServiceKit
import ServiceTestSupport
import Testing

@testable import DeliveryService

@Suite("What is near, anywhere on earth")
struct GridTests {
    /// From the published coordinates and distances of airports; a sphere is right to half a percent.
    @Test(
        "Distances are those on the globe",
        arguments: [
            (37.5665, 126.9780, 35.1796, 129.0756, 325_100.0), (0, 0, 0, 180, 20_015_115), (90, 0, -90, 77, 20_015_115),
            (0, 179.999, 0, -179.999, 222.4), (89.999, 0, 89.999, 180, 222.4),
            (37.3595, 127.1052, 37.3595, 127.1052, 0),
        ])
    func distances(_ lat: Double, _ lon: Double, _ lat2: Double, _ lon2: Double, _ metres: Double) {
        let distance = Place(lat: lat, lon: lon).distance(to: Place(lat: lat2, lon: lon2))
        #expect(abs(distance - metres) <= max(0.5, metres * 0.002))
    }

    static let centres = [
        store, Place(lat: 90, lon: 0), Place(lat: 89.97, lon: 120), Place(lat: -90, lon: 180),
        Place(lat: -89.99, lon: -3), Place(lat: 0, lon: 180), Place(lat: 0, lon: -180), Place(lat: 60, lon: 179.999),
        Place(lat: -45, lon: -179.99), Place(lat: 0, lon: 0), Place(lat: 84.5, lon: 15), Place(lat: 69.65, lon: 18.96),
    ]

    @Test(
        "The nearest are those that a look at everybody finds, also at the poles and the date line", arguments: centres)
    func nearest(_ centre: Place) async throws {
        let database = try Database.open(url: "sqlite::memory:")
        try await database.migrate(DeliveryService.allMigrations)
        var generator = SplitMix(seed: 20_261_128)
        let places = (0..<400).map { _ in Self.place(near: centre, &generator) }
        try await database.write { transaction in
            for place in places { _ = try Riders.table.insert(Rider(name: "", tel: "", place: place), in: transaction) }
        }
        for (count, limit) in [(1, 10_000.0), (7, 3_000), (64, 10_000), (1000, 30_000), (5, 0)] {
            let all = places.enumerated().map { Nearest.Found(id: $0 + 1, distance: centre.distance(to: $1)) }
                .filter { $0.distance <= limit && $0.id != 7 }.sorted { $0.distance < $1.distance }
            let found = try await database.read {
                try Riders.nearest(count, to: centre, within: limit, but: [7], in: $0)
            }
            #expect(found == Array(all.prefix(count)))
            #expect(limit < 10_000 || !found.isEmpty)
        }
    }

    /// Within some 20 km, in any direction, also over a pole or the date line.
    private static func place(near centre: Place, _ generator: inout SplitMix) -> Place {
        let narrow = max(0.001, 1 - abs(centre.lat) / 90)
        var lat = centre.lat + Double.random(in: -0.2...0.2, using: &generator)
        var lon = centre.lon + Double.random(in: -0.2...0.2, using: &generator) / narrow
        if abs(lat) > 90 { (lat, lon) = ((lat > 0 ? 180 : -180) - lat, lon + 180) }
        while lon > 180 { lon -= 360 }
        while lon < -180 { lon += 360 }
        return Place(lat: lat, lon: lon)
    }

    @Test("A circle touches about as many cells at the poles as anywhere", arguments: centres)
    func bounded(_ centre: Place) {
        let cells = Grid.cells(within: 10_000, of: centre)
        #expect(cells.count <= 24)
        #expect(cells.map(\.count).reduce(0, +) <= 250)
        #expect(cells.contains { $0.contains(Grid.cell(of: centre)) })
    }
}
