import Foundation
import HTTPServer
import JSONCoding
import Testing

@Suite struct TextTests {
    @Test(
        "A text is readable that has a letter and no control character, and is not too long",
        arguments: [
            ("a", true), ("김치찌개", true), ("", false), (" \u{3000}", false), ("a\u{0}", false), ("\u{1B}[31m", false),
            ("a\n", false), ("\u{7F}", false), ("김치찌개김", false),
        ])
    func readable(text: String, expected: Bool) { #expect(text.isReadable(atMost: 12) == expected) }

    @Test("Texts that look the same are the same bytes", arguments: ["비빔밥", "Café", "ASCII", "각\u{302E}", "Ǻ"])
    func composed(text: String) {
        let whole = Array(text.precomposedStringWithCanonicalMapping.utf8)
        #expect(Array(text.composed.utf8) == whole)
        #expect(Array(text.decomposedStringWithCanonicalMapping.composed.utf8) == whole)
    }

    @Test("Yes and no may come as texts", arguments: [("true", true), (#""true""#, true), (#""false""#, false)])
    func bool(json: String, expected: Bool) throws {
        #expect(try JSONCoder.decode(LenientBool.self, from: Data(json.utf8)).value == expected)
    }

    @Test("Nothing else is yes or no", arguments: ["1", #""yes""#, #""""#, "null", "[]"])
    func noBool(json: String) {
        #expect(throws: DecodingError.self) { try JSONCoder.decode(LenientBool.self, from: Data(json.utf8)) }
    }
}
