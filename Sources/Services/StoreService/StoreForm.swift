import HTTPServer

/// A store as its owner enters or changes it.
struct StoreForm: Decodable, Sendable {
    var name: String?
    var address: String?
    /// Degrees, WGS 84.
    var lat: LenientDouble?
    var lon: LenientDouble?
    /// A new store is open when it is left out.
    var open: LenientBool?
    /// Orders at once; 0 for no limit, which a new store has when it is left out.
    var kitchenCapacity: LenientInt?

    private static let nameLimit = 100
    private static let addressLimit = 500
    private static let capacityLimit = 10_000

    /// Every member, for a new store.
    func complete() throws(InvalidFields) -> Store {
        var wrong = wrongFields
        for (field, isMissing) in [
            ("name", name == nil), ("address", address == nil), ("lat", lat == nil), ("lon", lon == nil),
        ] where isMissing { wrong.append(.init(field, "is missing")) }
        guard wrong.isEmpty, let name, let address, let lat, let lon else { throw InvalidFields(wrong) }
        return Store(
            name: name, address: address, lat: lat.value, lon: lon.value, isOpen: open?.value ?? true,
            kitchenCapacity: capacity)
    }

    /// The store as it is after the change; what is left out stays as it is.
    func changing(_ store: Store) -> Store {
        var store = store
        if let name { store.name = name }
        if let address { store.address = address }
        if let lat { store.lat = lat.value }
        if let lon { store.lon = lon.value }
        if let open { store.isOpen = open.value }
        if kitchenCapacity != nil { store.kitchenCapacity = capacity }
        return store
    }

    /// The members that a change may have.
    func check() throws(InvalidFields) {
        var wrong = wrongFields
        if name == nil, address == nil, lat == nil, lon == nil, open == nil, kitchenCapacity == nil {
            wrong.append(.init("open", "give a new name, address, lat, lon, open or kitchenCapacity"))
        }
        guard wrong.isEmpty else { throw InvalidFields(wrong) }
    }

    private var capacity: Int? { kitchenCapacity.flatMap { $0.value == 0 ? nil : $0.value } }

    private var wrongFields: [Problem.Field] {
        var wrong: [Problem.Field] = []
        for (field, text, limit) in [("name", name, Self.nameLimit), ("address", address, Self.addressLimit)] {
            guard let text, !text.isReadable(atMost: limit) else { continue }
            wrong.append(.init(field, "must be 1 to \(limit) bytes, not only blanks, without control characters"))
        }
        for (field, number, limit) in [("lat", lat, 90.0), ("lon", lon, 180.0)] {
            guard let number, abs(number.value) > limit else { continue }
            wrong.append(.init(field, "must be -\(Int(limit)) to \(Int(limit)) degrees"))
        }
        if let kitchenCapacity, !(0...Self.capacityLimit).contains(kitchenCapacity.value) {
            wrong.append(.init("kitchenCapacity", "must be 1 to \(Self.capacityLimit), or 0 for no limit"))
        }
        return wrong
    }
}
