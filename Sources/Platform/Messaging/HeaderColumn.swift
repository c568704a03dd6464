import Foundation
import JSONCoding
import Persistence
import Records

/// The headers of a record, in one column of text.
enum HeaderColumn {
    private struct Entry: Codable {
        var name: String
        var value: String
    }

    /// A value is not what it says it is.
    struct NotBase64: Error {}

    static func value(_ headers: [RecordHeader]) throws -> SQLValue {
        let entries = headers.map { Entry(name: $0.name, value: $0.value.base64EncodedString()) }
        return .text(String(decoding: try JSONCoder.encode(entries), as: UTF8.self))
    }

    static func read(_ row: any Row, _ column: Int) throws -> [RecordHeader] {
        try JSONCoder.decode([Entry].self, from: row.blob(column)).map { entry in
            guard let value = Data(base64Encoded: entry.value) else { throw NotBase64() }
            return RecordHeader(name: entry.name, value: value)
        }
    }
}
