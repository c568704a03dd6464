import Persistence

/// How many orders a kitchen has to do: those that are not answered, accepted or being cooked.
enum Kitchen {
    private static let isOpen = "status IN ('orderCmplt', 'orderAccept', 'cookStart')"
    static let index = "CREATE INDEX order_manages_open ON order_manages (store_id) WHERE \(isOpen)"

    static let count =
        "SELECT count(*) FROM (SELECT 1 FROM order_manages WHERE store_id = $1 AND \(isOpen) LIMIT $2) AS found"

    /// Whether the store has as many orders to do as it can take. Costs nothing where there is no limit, and never more
    /// than counting up to it.
    static func isFull(_ store: Store, in connection: any Connection) throws -> Bool {
        guard let capacity = store.kitchenCapacity else { return false }
        let open = try connection.first(count, [.integer(store.id), .integer(capacity)]) { try $0.integer(0) }
        return (open ?? 0) >= capacity
    }
}
