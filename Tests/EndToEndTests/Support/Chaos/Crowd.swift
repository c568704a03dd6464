import Synchronization

/// People who do the same thing again and again, side by side, until they are dismissed.
final class Crowd: Sendable {
    private let isDismissed = Mutex(false)
    private let members: Mutex<[Task<Void, Never>]> = Mutex([])

    /// - Parameter act: what one of them does next; each has a name and random numbers of its own.
    init(
        _ name: String, _ count: Int, seed: UInt64,
        _ act: @escaping @Sendable (_ name: String, inout Chance) async -> Void
    ) {
        let tasks = (1...count).map { number in
            Task {
                let name = "\(name)\(number)"
                var chance = Chance(seed: seed, for: name)
                while !isDismissed.withLock({ $0 }) { await act(name, &chance) }
            }
        }
        members.withLock { $0 = tasks }
    }

    /// Lets everybody finish what is in hand.
    func dismiss() async {
        isDismissed.withLock { $0 = true }
        for member in members.withLock({ $0 }) { await member.value }
    }
}
