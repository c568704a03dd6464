import Foundation
import Synchronization

/// A JSON text that was checked whole, as a table of where its values are.
///
/// The values of an object or list follow it in the table; each one knows where the first value after it is.
final class JSONDocument: Sendable {
    struct Value: Sendable {
        enum Kind: UInt8 { case object, array, text, escapedText, integer, number, yes, no, null }
        var kind: Kind
        /// Of the bytes between the brackets or quotes, or of the number.
        var start: Int32
        var end: Int32
        /// Index of the first value behind this one and all that it contains.
        var next: Int32
    }

    private let bytes: [UInt8]
    let values: [Value]
    /// The members of objects by name, for those whose keys were all asked for: who does that looks each of them up, and
    /// going through the object every time would cost n².
    private let tables = Mutex<[Int: [String: Int]]>([:])
    private let hasTables = Atomic(false)

    /// - Throws: ``JSONSyntaxError``.
    init(_ data: Data) throws(JSONSyntaxError) {
        bytes = [UInt8](data)
        guard bytes.count < Int32.max else { throw .unexpected(at: Int(Int32.max)) }
        values = try JSONParser.parse(bytes)
    }

    func text(_ index: Int) -> String? {
        let value = values[index]
        switch value.kind {
        case .text: return String(decoding: bytes[Int(value.start)..<Int(value.end)], as: UTF8.self)
        case .escapedText: return JSONEscapes.resolve(bytes[Int(value.start)..<Int(value.end)])
        default: return nil
        }
    }

    /// - Returns: `nil` when the value is no number, or not a whole one that fits; `1.0` and `1e3` are whole.
    func integer<T: FixedWidthInteger>(_ index: Int, _: T.Type) -> T? {
        let value = values[index]
        guard value.kind == .integer else { return number(index).flatMap { T(exactly: $0) } }
        return T(String(decoding: bytes[Int(value.start)..<Int(value.end)], as: UTF8.self))
    }

    /// - Returns: `nil` when the value is no number, or too large.
    func number(_ index: Int) -> Double? {
        let value = values[index]
        guard value.kind == .integer || value.kind == .number else { return nil }
        return Double(String(decoding: bytes[Int(value.start)..<Int(value.end)], as: UTF8.self))
            .flatMap { $0.isFinite ? $0 : nil }
    }

    /// The indices of an object's keys, each followed by its value, or of a list's elements.
    func children(of index: Int) -> some Sequence<Int> {
        let end = Int(values[index].next)
        return sequence(state: index + 1) { [values] place in
            guard place < end else { return nil }
            defer { place = Int(values[place].next) }
            return place
        }
    }

    /// The index of a member's value. Of members with the same name the first one counts.
    func member(_ name: String, of object: Int) -> Int? {
        if hasTables.load(ordering: .relaxed), let table = tables.withLock({ $0[object] }) { return table[name] }
        var name = name
        return name.withUTF8 { name in
            var key = object + 1
            while key < values[object].next {
                if isKey(values[key], name) { return key + 1 }
                key = Int(values[key + 1].next)
            }
            return nil
        }
    }

    /// The names of an object's members, each once.
    func keys(of object: Int) -> [String] {
        var members: [String: Int] = [:]
        var key = object + 1
        while key < values[object].next {
            if let name = text(key), members[name] == nil { members[name] = key + 1 }
            key = Int(values[key + 1].next)
        }
        let table = members
        tables.withLock { $0[object] = table }
        hasTables.store(true, ordering: .relaxed)
        return Array(table.keys)
    }

    /// Costs no more than `name` is long: a byte is written with six at most (`\u0041`).
    private func isKey(_ key: Value, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let (start, end) = (Int(key.start), Int(key.end))
        guard key.kind == .escapedText else {
            guard end - start == name.count else { return false }
            return bytes.withUnsafeBufferPointer { UnsafeBufferPointer(rebasing: $0[start..<end]).elementsEqual(name) }
        }
        return end - start <= 6 * name.count && JSONEscapes.resolve(bytes[start..<end]).utf8.elementsEqual(name)
    }
}
