import Contracts
import HTTPServer

/// A rider who begins to work.
struct RiderForm: Decodable, Sendable {
    var name: String?
    var tel: String?
    /// Degrees, WGS 84.
    var lat: LenientDouble?
    var lon: LenientDouble?

    func complete() throws(InvalidFields) -> Rider {
        var wrong: [Problem.Field] = []
        for (field, text) in [("name", name), ("tel", tel)] {
            if let text, text.utf8.count <= Limits.text, !text.allSatisfy(\.isWhitespace) { continue }
            wrong.append(.init(field, "must be a text of at most \(Limits.text) bytes"))
        }
        for (field, number, limits) in [("lat", lat, Limits.lat), ("lon", lon, Limits.lon)] {
            if let number, limits.contains(number.value) { continue }
            wrong.append(.init(field, "must be \(Int(limits.lowerBound)) to \(Int(limits.upperBound)) degrees"))
        }
        guard wrong.isEmpty, let name, let tel, let lat, let lon else { throw InvalidFields(wrong) }
        return Rider(name: name, tel: tel, lat: lat.value, lon: lon.value)
    }
}
