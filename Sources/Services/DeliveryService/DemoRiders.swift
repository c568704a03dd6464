import Persistence

/// Riders around the demo store; entered once, into an empty database.
enum DemoRiders {
    private static let riders = [
        ("김민준", "010-2000-0001", 37.3601, 127.1060), ("이서연", "010-2000-0002", 37.3570, 127.1100),
        ("박도윤", "010-2000-0003", 37.3655, 127.1080), ("최지우", "010-2000-0004", 37.3535, 127.1010),
        ("정하준", "010-2000-0005", 37.3680, 127.1150), ("강수아", "010-2000-0006", 37.3480, 127.0980),
    ]

    static func enter(in transaction: Transaction) throws {
        guard try Riders.areEmpty(in: transaction) else { return }
        for (name, tel, lat, lon) in riders {
            _ = try Riders.table.insert(Rider(name: name, tel: tel, place: Place(lat: lat, lon: lon)), in: transaction)
        }
    }
}
