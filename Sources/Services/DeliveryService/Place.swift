import Foundation
import Persistence

/// A point on the earth.
struct Place: Sendable, Equatable {
    /// Degrees, WGS 84: -90 to 90.
    var lat: Double
    /// -180 to 180.
    var lon: Double

    /// Metres; the mean radius of the earth.
    static let earthRadius = 6_371_008.8

    /// Metres along a great circle, by the haversine formula, which is exact for small distances too
    /// (R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68, 1984, p. 159).
    func distance(to other: Place) -> Double {
        let (one, two) = (lat.radians, other.lat.radians)
        let sinLat = sin((two - one) / 2)
        let sinLon = sin((other.lon - lon).radians / 2)
        let haversine = sinLat * sinLat + cos(one) * cos(two) * sinLon * sinLon
        // Rounding can lead beyond 1 at the other end of the earth.
        return 2 * Self.earthRadius * asin(min(1, haversine.squareRoot()))
    }

    static func columns(_ lat: String, _ lon: String) -> Columns<Place> {
        Columns(Place.init(lat:lon:), Column(lat, \.lat), Column(lon, \.lon))
    }
}

extension Double {
    var radians: Double { self * .pi / 180 }
    var degrees: Double { self * 180 / .pi }
}
