/// What the decoders ask for, with the errors that `Codable` knows.
extension JSONDocument {
    func string(_ index: Int) throws -> String {
        guard let text = text(index) else { throw mismatch(String.self, index) }
        return text
    }

    func boolean(_ index: Int) throws -> Bool {
        switch values[index].kind {
        case .yes: true
        case .no: false
        default: throw mismatch(Bool.self, index)
        }
    }

    func double(_ index: Int) throws -> Double {
        guard let number = number(index) else { throw misfit(Double.self, index) }
        return number
    }

    func whole<T: FixedWidthInteger>(_ index: Int) throws -> T {
        guard let number = integer(index, T.self) else { throw misfit(T.self, index) }
        return number
    }

    /// `valueNotFound` for null, else `typeMismatch`.
    func mismatch(_ type: any Any.Type, _ index: Int) -> DecodingError {
        let context = DecodingError.Context(codingPath: [place(of: index)], debugDescription: "a value of another type")
        return values[index].kind == .null ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }

    /// `dataCorrupted` for a number that is too large, or not whole where it must be.
    private func misfit(_ type: any Any.Type, _ index: Int) -> DecodingError {
        let kind = values[index].kind
        guard kind == .integer || kind == .number else { return mismatch(type, index) }
        return .dataCorrupted(.init(codingPath: [place(of: index)], debugDescription: "the number does not fit"))
    }

    func place(of index: Int) -> JSONPlace { JSONPlace(document: self, index: index) }

    /// The keys and list indices that lead from the root to a value. Goes through everything before it.
    fileprivate func path(to target: Int) -> [any CodingKey] {
        var (path, place) = ([any CodingKey](), 0)
        while place != target {
            let children = Array(children(of: place))
            guard let step = children.lastIndex(where: { $0 <= target }) else { return path }
            if values[place].kind == .object {
                guard step > 0 else { return path }
                path.append(JSONKey(stringValue: text(children[step - 1]) ?? ""))
            } else {
                path.append(JSONKey(intValue: step))
            }
            place = children[step]
        }
        return path
    }
}

/// Stands for the whole path to a value until somebody wants to read it. Types that try one way of decoding after
/// another make and drop an error for each value; finding the path each time would cost n².
struct JSONPlace: CodingKey {
    fileprivate let path: @Sendable () -> [any CodingKey]

    fileprivate init(document: JSONDocument, index: Int) { path = { document.path(to: index) } }

    init?(stringValue _: String) { nil }
    init?(intValue _: Int) { nil }
    var stringValue: String { path().map(\.stringValue).joined(separator: ".") }
    var intValue: Int? { nil }
}

extension DecodingError {
    /// The error as it leaves the coder: its path has one entry for each step.
    var withWholePath: DecodingError {
        switch self {
        case .typeMismatch(let type, let context): .typeMismatch(type, context.withWholePath)
        case .valueNotFound(let type, let context): .valueNotFound(type, context.withWholePath)
        case .keyNotFound(let key, let context): .keyNotFound(key, context.withWholePath)
        case .dataCorrupted(let context): .dataCorrupted(context.withWholePath)
        @unknown default: self
        }
    }
}

extension DecodingError.Context {
    fileprivate var withWholePath: DecodingError.Context {
        let path = codingPath.flatMap { ($0 as? JSONPlace)?.path() ?? [$0] }
        return .init(codingPath: path, debugDescription: debugDescription, underlyingError: underlyingError)
    }
}

/// A step of a path.
private struct JSONKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }
    init(intValue: Int) { (stringValue, self.intValue) = ("Index \(intValue)", intValue) }
}
