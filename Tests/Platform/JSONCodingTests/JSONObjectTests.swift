import Foundation
import JSONCoding
import Testing

@Suite struct JSONObjectTests {
    private struct Dish: Encodable {
        var name = "김치"
        var sizes = [1, 2]
    }
    private struct Nothing: Encodable {}

    private func text(_ write: (JSONObject) throws -> Void) rethrows -> String {
        String(decoding: try JSONObject.text(write), as: UTF8.self)
    }

    @Test("Members stand in the order in which they were added, at whatever depth")
    func order() {
        let text = text {
            $0.add("b", "a\"\n")
            $0.add("object") {
                $0.add("empty") { _ in }
                $0.add("number", -1)
                $0.add("list", for: [true, false]) { $0.add("is", $1) }
            }
            $0.add("none", for: [Int]()) { _, _ in }
            $0.add("words", ["x", "y"])
            $0.add("a\\", Int.max)
        }
        let inner = #"{"empty":{},"number":-1,"list":[{"is":true},{"is":false}]}"#
        let rest = #""none":[],"words":["x","y"],"a\\":9223372036854775807"#
        #expect(text == #"{"b":"a\"\n","object":\#(inner),\#(rest)}"#)
        #expect(self.text { _ in } == "{}")
    }

    @Test("The members of a value stand among the others")
    func members() throws {
        let text = try text {
            try $0.add(membersOf: Nothing())
            try $0.add(membersOf: Dish())
            $0.add("x", 1)
            try $0.add(membersOf: Dish())
            try $0.add(membersOf: Nothing())
        }
        #expect(text == #"{"name":"김치","sizes":[1,2],"x":1,"name":"김치","sizes":[1,2]}"#)
    }

    @Test("What is no object has no members", arguments: ["x", [1], Int?.none] as [any Encodable & Sendable])
    func noObject(value: any Encodable & Sendable) {
        #expect(throws: EncodingError.self) { try text { try $0.add(membersOf: value) } }
    }
}
