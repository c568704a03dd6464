import Foundation
import JSONCoding
import Testing

/// What a stranger's text costs grows with its length, and no faster.
@Suite(.serialized) struct JSONGrowthTests {
    /// A text of about `size` bytes, and the type that somebody asks it for.
    struct Text: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var make: @Sendable (_ size: Int) -> String
        var read: @Sendable (Data) throws -> Void

        init<T: Decodable & SendableMetatype>(
            _ what: String, as _: T.Type, _ make: @escaping @Sendable (Int) -> String
        ) {
            (testDescription, self.make) = (what, make)
            read = { _ = try JSONCoder.decode(T.self, from: $0) }
        }
    }

    /// Tries one type after another, as types do that are lenient.
    private struct Lenient: Decodable {
        var text: String?
        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            guard (try? value.decode(Int.self)) == nil, (try? value.decode(Bool.self)) == nil else { return }
            text = try? value.decode(String.self)
        }
    }

    private struct Line: Decodable {
        var name: String
        var qty: Lenient
    }

    private struct Few: Decodable { var first, second, third: Int? }

    private static func list(_ element: String, _ size: Int) -> String {
        "[\(Array(repeating: element, count: size / (element.utf8.count + 1)).joined(separator: ","))]"
    }

    private static func object(_ size: Int, _ key: (Int) -> String) -> String {
        "{\((0..<size / 16).map { "\"\(key($0))\":1" }.joined(separator: ","))}"
    }

    static let texts = [
        Text("members of another type", as: [Line].self) { list(#"{"name":"","qty":"1"}"#, $0) },
        Text("values of no type that is tried", as: [Lenient].self) { list("null", $0) },
        Text("errors below a long key", as: [String: [Lenient]].self) { size in
            "{\"\(String(repeating: "k", count: size / 2))\":\(list("null", size / 2))}"
        },
        Text("many keys", as: [String: Int].self) { object($0) { "key\($0)" } },
        Text("the same key again and again", as: [String: Int].self) { object($0) { _ in "key" } },
        Text("many escaped keys", as: [String: Int].self) { object($0) { "\\u006b\($0)" } },
        Text("many keys that nobody asks for", as: Few.self) { object($0) { "key\($0)" } },
        Text("one long escaped key", as: Few.self) { "{\"\(String(repeating: "\\u006b\\n", count: $0 / 8))\":1}" },
        Text("escapes", as: String.self) { "\"\(String(repeating: "\\u006b\\n", count: $0 / 8))\"" },
        Text("digits", as: Lenient.self) { String(repeating: "7", count: $0) },
        Text("digits behind the point", as: Double.self) { "0." + String(repeating: "7", count: $0) },
        Text("a small number", as: Double.self) { "0." + String(repeating: "0", count: $0) + "1" },
        Text("nesting", as: [[[[Lenient]]]].self) { list("[[[null]]]", $0) },
        Text("blanks", as: [Int].self) { "[" + String(repeating: " ", count: $0) + "]" },
    ]

    /// Eight times the text may take three times what eight times the work takes; with n² it would be eight times that.
    @Test("Eight times the text takes about eight times the work", arguments: texts)
    func growth(_ text: Text) throws {
        let (short, long) = (Data(text.make(8_000).utf8), Data(text.make(64_000).utf8))
        let (little, much) = (try work(text, short), try work(text, long))
        #expect(much < 24 * little)
    }

    /// Nanoseconds of this thread's own processor time, which other processes do not prolong; the least of some runs.
    private func work(_ text: Text, _ data: Data) throws -> Int {
        var least = Int.max
        for _ in 0..<5 {
            let start = processorTime()
            try text.read(data)
            least = min(least, processorTime() - start)
        }
        return max(least, 1)
    }

    private func processorTime() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
