import Events
import Foundation
import Persistence

/// The headers of a record, in one column of text.
enum HeaderColumn {
    static func value(_ headers: [EventRecord.Header]) throws -> SQLValue {
        .text(String(decoding: try JSONEncoder().encode(headers), as: UTF8.self))
    }

    static func read(_ row: any Row, _ column: Int) throws -> [EventRecord.Header] {
        try JSONDecoder().decode([EventRecord.Header].self, from: row.blob(column))
    }
}
