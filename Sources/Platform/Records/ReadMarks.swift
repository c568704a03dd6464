/// How far a service has read, as its database knows: what decides where a consumer begins.
///
/// Not the group's committed offsets: those may be ahead of a database that was restored or emptied, and expire.
public struct ReadMarks: Sendable, Equatable {
    /// Every record before `offset` was handled, or was gone before the service first came.
    public struct Mark: Sendable, Equatable {
        public var cluster: String
        public var offset: Int

        public init(cluster: String, offset: Int) { (self.cluster, self.offset) = (cluster, offset) }
    }

    public var marks: [TopicPartition: Mark] = [:]

    public init(_ marks: [TopicPartition: Mark] = [:]) { self.marks = marks }

    /// Those of `other` count where they are further in the same cluster.
    public func advanced(by other: ReadMarks) -> ReadMarks {
        ReadMarks(
            marks.merging(other.marks) { mine, theirs in
                mine.cluster == theirs.cluster && mine.offset < theirs.offset ? theirs : mine
            })
    }

    /// - Returns: `nil` in a cluster where the topic was not read yet. A partition that was added since began at 0.
    public func offset(_ place: TopicPartition, in cluster: String) -> Int? {
        if let mark = marks[place], mark.cluster == cluster { return mark.offset }
        return marks.contains { $0.key.topic == place.topic && $0.value.cluster == cluster } ? 0 : nil
    }
}
