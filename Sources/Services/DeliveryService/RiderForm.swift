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
            if let text, text.isReadable(atMost: Limits.text) { continue }
            wrong.append(.init(field, "must be a text of at most \(Limits.text) bytes, without control characters"))
        }
        let position = PositionForm(lat: lat, lon: lon)
        wrong += position.wrongFields
        guard wrong.isEmpty, let name, let tel else { throw InvalidFields(wrong) }
        return Rider(name: name, tel: tel, place: try position.place())
    }
}

/// Where a rider is.
struct PositionForm: Decodable, Sendable {
    /// Degrees, WGS 84.
    var lat: LenientDouble?
    var lon: LenientDouble?

    func place() throws(InvalidFields) -> Place {
        guard wrongFields.isEmpty, let lat, let lon else { throw InvalidFields(wrongFields) }
        return Place(lat: lat.value, lon: lon.value)
    }

    var wrongFields: [Problem.Field] {
        var wrong: [Problem.Field] = []
        for (field, number, limits) in [("lat", lat, Limits.lat), ("lon", lon, Limits.lon)] {
            if let number, limits.contains(number.value) { continue }
            wrong.append(.init(field, "must be \(Int(limits.lowerBound)) to \(Int(limits.upperBound)) degrees"))
        }
        return wrong
    }
}

/// Whether a rider wants to work now.
struct AvailabilityForm: Decodable, Sendable {
    var available: LenientBool?

    func checked() throws(InvalidFields) -> Bool {
        guard let available else { throw InvalidFields([.init("available", "must be true or false")]) }
        return available.value
    }
}
