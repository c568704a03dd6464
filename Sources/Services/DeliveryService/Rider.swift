import Persistence

/// Somebody who brings orders: one at a time.
struct Rider: Versioned, Equatable {
    var id = 0
    var version = 1
    let name: String
    let tel: String
    var place: Place
    /// Whether they want to work now.
    var isAvailable = true
    /// What they carry, or are offered.
    var deliveryId: Int?

    /// Where they are found when somebody is needed; `nil` while nothing may be offered to them.
    var freeCell: Int? { isAvailable && deliveryId == nil ? Grid.cell(of: place) : nil }
}

extension Rider {
    /// As the table holds it: `freeCell` follows from the others, and is there for its index.
    init(
        id: Int, version: Int, name: String, tel: String, place: Place, isAvailable: Bool, deliveryId: Int?,
        freeCell _: Int?
    ) {
        self.init(
            id: id, version: version, name: name, tel: tel, place: place, isAvailable: isAvailable,
            deliveryId: deliveryId)
    }
}
