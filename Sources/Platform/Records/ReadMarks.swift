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

    /// - Returns: `nil` where the partition was not read yet.
    public func offset(_ place: TopicPartition, in cluster: String) -> Int? {
        marks[place].flatMap { $0.cluster == cluster ? $0.offset : nil }
    }
}
