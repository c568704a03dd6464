import Foundation

/// Numbered cells all over the earth, by which a plain index finds what is near a place.
///
/// Rows are 0.02 degrees high, 2.2 km. A row has the fewer columns the nearer it is to a pole, so that cells are about as
/// wide as high everywhere and a circle has as many of them in Tromsø as in Singapore. The cells of a row are numbered from
/// west to east, so a stretch of them is one range.
enum Grid {
    private static let rowsPerDegree = 50.0
    private static let rows = 9_000
    /// At the equator.
    private static let mostColumns = 18_000

    static func cell(of place: Place) -> Int {
        let row = row(place.lat)
        let columns = columns(row)
        // 180° east is 180° west.
        return row * mostColumns + column(place.lon, of: columns) % columns
    }

    /// Every cell that a circle touches, and a few more in its corners.
    /// - Parameter radius: metres.
    static func cells(within radius: Double, of place: Place) -> [ClosedRange<Int>] {
        // A metre more, lest rounding leave out what lies on the edge.
        let angle = (radius + 1) / Place.earthRadius
        let (south, north) = (place.lat - angle.degrees, place.lat + angle.degrees)
        let width = longitudes(within: angle, of: place.lat)
        return (row(south)...row(north)).flatMap { row in
            let columns = columns(row)
            let stretch = column(place.lon - width, of: columns)...column(place.lon + width, of: columns)
            return ranges(stretch, of: columns).map {
                row * mostColumns + $0.lowerBound...row * mostColumns + $0.upperBound
            }
        }
    }

    /// How far a circle reaches to the east and west, in degrees; all around where a pole is in it.
    /// (J. P. Matuschek, "Finding Points Within a Distance of a Latitude/Longitude Using Bounding Coordinates",
    /// http://janmatuschek.de/LatitudeLongitudeBoundingCoordinates)
    private static func longitudes(within angle: Double, of lat: Double) -> Double {
        let ratio = sin(min(angle, .pi / 2)) / max(cos(lat.radians), .leastNormalMagnitude)
        return ratio < 1 && abs(lat) + angle.degrees < 90 ? asin(ratio).degrees : 180
    }

    /// A stretch of columns, which may go beyond the date line on either side.
    private static func ranges(_ stretch: ClosedRange<Int>, of columns: Int) -> [ClosedRange<Int>] {
        let (first, last) = (stretch.lowerBound, stretch.upperBound)
        if last - first + 1 >= columns { return [0...columns - 1] }
        if first < 0 { return [first + columns...columns - 1, 0...last] }
        if last >= columns {
            return first < columns ? [first...columns - 1, 0...last - columns] : [0...last - columns]
        }
        return [first...last]
    }

    private static func row(_ lat: Double) -> Int {
        min(max(Int(((lat + 90) * rowsPerDegree).rounded(.down)), 0), rows - 1)
    }

    private static func columns(_ row: Int) -> Int {
        let middle = (Double(row) + 0.5) / rowsPerDegree - 90
        return max(1, Int((cos(middle.radians) * Double(mostColumns)).rounded(.up)))
    }

    /// Not wrapped: below 0 or from `columns` on where the longitude is beyond the date line.
    private static func column(_ lon: Double, of columns: Int) -> Int {
        Int(((lon + 180) / 360 * Double(columns)).rounded(.down))
    }
}
