/// Every order of `elements`; where those are more than `limit`, so many that are drawn with `generator`.
public func permutations<T>(
    _ elements: [T], _ generator: inout some RandomNumberGenerator, atMost limit: Int = 5040
) -> [[T]] {
    var count = 1
    for factor in elements.indices where count <= limit { count *= factor + 1 }
    return count > limit
        ? (0..<limit).map { _ in elements.shuffled(using: &generator) } : permutations(elements[...])
}

private func permutations<T>(_ elements: ArraySlice<T>) -> [[T]] {
    guard let first = elements.first else { return [[]] }
    return permutations(elements.dropFirst()).flatMap { rest in
        (0...rest.count).map { place in rest[..<place] + [first] + rest[place...] }
    }
}
