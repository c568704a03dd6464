/// Every order of `elements`; of more than seven, which would be too many, 5040 that are drawn with `generator`.
public func permutations<T>(_ elements: [T], _ generator: inout some RandomNumberGenerator) -> [[T]] {
    elements.count > 7 ? (0..<5040).map { _ in elements.shuffled(using: &generator) } : permutations(elements[...])
}

private func permutations<T>(_ elements: ArraySlice<T>) -> [[T]] {
    guard let first = elements.first else { return [[]] }
    return permutations(elements.dropFirst()).flatMap { rest in
        (0...rest.count).map { place in rest[..<place] + [first] + rest[place...] }
    }
}
