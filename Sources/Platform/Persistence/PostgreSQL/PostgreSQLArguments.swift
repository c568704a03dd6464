import Foundation

/// The arguments of a statement as libpq takes them: numbers as text, text and blobs as they are.
///
/// PostgreSQL's texts have no NUL. It becomes U+2400, here and so in every comparison: a text that somebody sent to do harm
/// is stored nearly as it was, instead of being an error that whoever reads the record meets again and again.
struct PostgreSQLArguments {
    private var bytes: [UInt8] = []
    /// Where each begins; `nil` for NULL.
    private var starts: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    init(_ arguments: [SQLValue]) {
        for argument in arguments {
            switch argument {
            case .null: append([], isNull: true)
            case .integer(let number): append("\(number)\0".utf8, format: 0)
            case .real(let number): append("\(number)\0".utf8, format: 0)
            case .text(let text):
                append(text.utf8.contains(0) ? text.replacing("\0", with: "\u{2400}").utf8 : text.utf8)
            case .blob(let data): append(data)
            }
        }
    }

    private mutating func append(_ value: some Sequence<UInt8>, format: Int32 = 1, isNull: Bool = false) {
        let start = bytes.count
        bytes.append(contentsOf: value)
        starts.append(isNull ? nil : start)
        lengths.append(Int32(bytes.count - start))
        formats.append(format)
    }

    /// The pointers are lent to `body`.
    func withPointers<T>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> T
    ) -> T {
        // A value of no bytes is no NULL, so there is always something to point to.
        (bytes + [0]).withUnsafeBytes { bytes in
            let values = starts.map { start in
                start.flatMap { bytes.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
            }
            return values.withUnsafeBufferPointer { values in
                lengths.withUnsafeBufferPointer { lengths in
                    formats.withUnsafeBufferPointer { body(values.baseAddress, lengths.baseAddress, $0.baseAddress) }
                }
            }
        }
    }
}

extension SQLValue {
    /// The OID of its type, 0 for the server to find out (`select oid, typname from pg_type`).
    var postgreSQLType: UInt32 {
        switch self {
        case .null: 0
        case .integer: PostgreSQLType.int8
        case .real: PostgreSQLType.float8
        case .text: PostgreSQLType.text
        case .blob: PostgreSQLType.bytea
        }
    }
}

enum PostgreSQLType {
    static let bool: UInt32 = 16
    static let bytea: UInt32 = 17
    static let int8: UInt32 = 20
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let float8: UInt32 = 701
    static let numeric: UInt32 = 1700
}
