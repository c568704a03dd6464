/// Which part of a list the client wants: `?page=&size=&sort=field,desc`.
public struct PageRequest: Sendable, Equatable {
    public struct Sort: Sendable, Equatable {
        public var field: String
        public var descending: Bool
        public init(_ field: String, descending: Bool = false) { (self.field, self.descending) = (field, descending) }
    }

    public static let defaultSize = 20
    public static let maximumSize = 1000

    /// From 0.
    public var page = 0
    /// 1 to ``maximumSize``; a greater wish is cut, as Spring does.
    public var size = PageRequest.defaultSize
    /// Each field once.
    public var sort: [Sort] = []
    public var offset: Int { page * size }

    public init() {}

    public var isDescending: Bool { sort.first?.descending ?? false }

    /// The places that the page takes when the list is read forwards, whichever way it is sorted; empty behind the end.
    public func places(of total: Int) -> Range<Int> {
        let (start, end) = (min(offset, total), min(offset + size, total))
        return isDescending ? total - end..<total - start : start..<end
    }

    /// Whether the page begins or ends at most `reach` places from an end of the list.
    public func isWithin(_ reach: Int, of total: Int) -> Bool {
        let places = places(of: total)
        return places.lowerBound <= reach || total - places.upperBound <= reach
    }

    /// - Throws: ``BadRequest`` that names the malformed query parameter, or the field that cannot be sorted by.
    init(_ target: RequestTarget, sortable: Set<String>) throws(BadRequest) {
        guard !target.query.isEmpty else { return }
        for (name, value) in target.items {
            switch name {
            case "page": page = try Self.number(name, value, in: 0...Int(Int32.max))
            case "size": size = min(try Self.number(name, value, in: 1...Int(Int32.max)), Self.maximumSize)
            case "sort":
                // A field that was named before decides nothing any more, so there are never more than can be sorted by.
                for wish in try Self.sort(value, sortable) where !sort.contains(where: { $0.field == wish.field }) {
                    sort.append(wish)
                }
            default: break
            }
        }
    }

    private static func number(_ name: String, _ value: String, in range: ClosedRange<Int>) throws(BadRequest) -> Int {
        guard let number = Int(value), range.contains(number) else {
            throw refusal(name, "must be a whole number from \(range.lowerBound)", value)
        }
        return number
    }

    /// `field`, `field,desc`, `field,other,desc`.
    private static func sort(_ value: String, _ sortable: Set<String>) throws(BadRequest) -> [Sort] {
        var fields = value.split(separator: ",").map(String.init)
        var descending = false
        if let direction = fields.last?.lowercased(), direction == "asc" || direction == "desc" {
            descending = direction == "desc"
            fields.removeLast()
        }
        for field in fields where !sortable.contains(field) {
            throw refusal("sort", "must be one of \(sortable.sorted().joined(separator: ", "))", field)
        }
        return fields.map { Sort($0, descending: descending) }
    }

    private static func refusal(_ name: String, _ message: String, _ value: String) -> BadRequest {
        BadRequest("The query parameter \(name) is not valid", fields: [.init(name, message, rejected: value)])
    }
}
