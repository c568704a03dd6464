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
        let kind = values[index].kind
        let context = DecodingError.Context(
            codingPath: path(to: index), debugDescription: "\(kind) in place of \(type)")
        return kind == .null ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }

    /// `dataCorrupted` for a number that is too large, or not whole where it must be.
    private func misfit(_ type: any Any.Type, _ index: Int) -> DecodingError {
        let kind = values[index].kind
        guard kind == .integer || kind == .number else { return mismatch(type, index) }
        return .dataCorrupted(.init(codingPath: path(to: index), debugDescription: "the number does not fit"))
    }

    func keys(of object: Int) -> [String] {
        children(of: object).enumerated().compactMap { $0.offset.isMultiple(of: 2) ? text($0.element) : nil }
    }

    /// The keys and list indices that lead from the root to a value.
    func path(to target: Int) -> [any CodingKey] {
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

/// A step of a path.
private struct JSONKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }
    init(intValue: Int) { (stringValue, self.intValue) = ("Index \(intValue)", intValue) }
}
