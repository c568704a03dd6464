/// What does not agree, by kind, each with a count and some examples.
struct Differences: Sendable {
    private struct Kind {
        var count = 0
        var examples: [String] = []
    }
    private var kinds: [String: Kind] = [:]
    private static let examplesKept = 10

    var isEmpty: Bool { kinds.isEmpty }
    var count: Int { kinds.values.reduce(0) { $0 + $1.count } }

    mutating func add(_ kind: String, _ example: @autoclosure () -> String) {
        kinds[kind, default: Kind()].count += 1
        if kinds[kind, default: Kind()].examples.count < Self.examplesKept {
            kinds[kind, default: Kind()].examples.append(example())
        }
    }

    /// Notes a difference unless `holds`.
    mutating func require(_ holds: Bool, _ kind: String, _ example: @autoclosure () -> String) {
        if !holds { add(kind, example()) }
    }

    /// - Throws: ``Found``.
    func requireNone() throws { if !isEmpty { throw Found(description: report) } }

    struct Found: Error, CustomStringConvertible { var description: String }

    var report: String {
        kinds.sorted { $0.key < $1.key }.map { name, kind in
            "\(kind.count) x \(name)\n" + kind.examples.map { "    \($0)\n" }.joined()
        }.joined()
    }
}
