public import Time

/// How long an aggregate may stay as it is. Saving the aggregate sets the deadline, leaving the status clears it.
public struct Wait: Sendable, Equatable {
    /// Of the ``Deadline`` that is run then.
    public let name: String
    public let until: Timestamp

    public init(_ name: String, until: Timestamp) { (self.name, self.until) = (name, until) }
}
