import Foundation
import JSONCoding
import Persistence

/// One column of JSON.
extension LastReviews: ColumnValue {
    static var columnType: String { "TEXT" }

    static func read(_ row: any Row, _ column: Int) throws -> LastReviews {
        try JSONCoder.decode(from: Data(row.text(column).utf8))
    }

    var sqlValue: SQLValue {
        // Texts and whole numbers can always be written.
        .text((try? JSONCoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? #"{"entries":[]}"#)
    }
}
