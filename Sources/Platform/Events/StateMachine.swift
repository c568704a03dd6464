/// Which move leads from which status to which: the whole life of an aggregate, from one table.
public struct StateMachine<Status, Move>: Sendable
where
    Status: Hashable & CaseIterable & Sendable & RawRepresentable<String>,
    Move: Hashable & CaseIterable & Sendable & RawRepresentable<String>
{
    /// What it means to hear of a move that another context has made.
    public enum News: Sendable, Equatable {
        /// The move is legal now.
        case timely
        /// A status in which the move is legal lies ahead: what leads there has not been heard of yet.
        case early
        /// The move was made before, or can never be made any more.
        case late
    }

    private struct Pair: Hashable {
        var status: Status
        var move: Move
    }

    private let next: @Sendable (Status, Move) -> Status?
    private let early: Set<Pair>

    /// - Parameter next: the table; `nil` for a move that is illegal in a status.
    public init(_ next: @escaping @Sendable (Status, Move) -> Status?) {
        self.next = next
        early = Set(
            Status.allCases.flatMap { status in
                let ahead = Self.reachable(from: status, next)
                return Move.allCases.filter { move in
                    next(status, move) == nil && ahead.contains { next($0, move) != nil }
                }.map { Pair(status: status, move: $0) }
            })
    }

    private static func reachable(from start: Status, _ next: (Status, Move) -> Status?) -> Set<Status> {
        var found: Set<Status> = []
        var open = [start]
        while let status = open.popLast() {
            for move in Move.allCases {
                if let there = next(status, move), found.insert(there).inserted { open.append(there) }
            }
        }
        return found
    }

    /// What news of `move` means to an aggregate in `status`.
    public func news(of move: Move, in status: Status) -> News {
        if isLegal(move, in: status) { return .timely }
        return early.contains(Pair(status: status, move: move)) ? .early : .late
    }

    /// - Returns: where `move` leads.
    /// - Throws: when it is not legal in `status`.
    public func status(after move: Move, from status: Status) throws(IllegalMove) -> Status {
        if let there = next(status, move) { return there }
        throw IllegalMove(
            status: status.rawValue, move: move.rawValue, isEarly: news(of: move, in: status) == .early)
    }

    public func isLegal(_ move: Move, in status: Status) -> Bool { next(status, move) != nil }

    /// The moves that are legal in `status`.
    public func moves(from status: Status) -> [Move] { Move.allCases.filter { isLegal($0, in: status) } }
}

/// A move that is not legal in the present status. HTTP answers 409.
public struct IllegalMove: PermanentFailure, Equatable {
    /// The word on the wire.
    public let status: String
    public let move: String
    /// As news it would be early, not late.
    public let isEarly: Bool
}
