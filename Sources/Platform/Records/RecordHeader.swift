public import Foundation

/// One name and its bytes; a name may occur more than once in a record.
public struct RecordHeader: Sendable, Equatable {
    public var name: String
    public var value: Data

    public init(name: String, value: Data) { (self.name, self.value) = (name, value) }
    public init(_ name: String, _ text: String) { self.init(name: name, value: Data(text.utf8)) }
}
