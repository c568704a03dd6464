import Foundation
import JSONCoding
import Testing

@Suite struct JSONSyntaxTests {
    @Test(
        "A text that RFC 8259 allows is read as Foundation reads it",
        arguments: [
            "null", "true", " false\n", "0", "-0", "7", "-12.5e-3", "1E+2", "1e4",
            "123456789012345678", #""""#, #""김치찌개""#, #""\"\\\/\b\f\n\r\t""#, #""\u00e9\uAC00\ud83c\udf5c""#,
            "[]", "[ ]", "[1,[2,[3]]]", "{}", "{ }", #"{"a":1,"b":{"c":[true,null]}}"#, "\t[\r\n1 , 2 ]\n",
            #"{"":0}"#, #"{"\u0061":1}"#, #"["a\u0000b"]"#, "[\"\u{2028}\u{7f}\"]",
        ])
    func legal(text: String) throws {
        let expected = try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
        #expect(try decode(text) == expected)
    }

    @Test(
        "A text that RFC 8259 does not allow is refused at the byte that does not fit",
        arguments: [
            ("", 0), (" ", 1), ("nul", 3), ("nulll", 4), ("True", 0), ("01", 1), ("-", 1), ("+1", 0), (".5", 0),
            ("1.", 2), ("1e", 2), ("1e+", 3), ("0x10", 1), ("NaN", 0), ("[1,]", 3), ("[1 2]", 3), ("[", 1), ("]", 0),
            ("[1", 2), ("{", 1), (#"{"a"}"#, 4), (#"{"a":}"#, 5), (#"{"a":1,}"#, 7), ("{a:1}", 1),
            (#"{"a":1 "b":2}"#, 7),
            ("{1:2}", 1), (#"""#, 1), (#""a"#, 2), (#""\x""#, 2), (#""\u12""#, 5), (#""\ud800""#, 1),
            (#""\ud800\u0041""#, 1), (#""\udc00""#, 1), ("\"a\nb\"", 2), ("\"\u{1}\"", 1), ("[1] 2", 4), ("'a'", 0),
            ("[1]}", 3), ("//", 0), (#""\"#, 2), ("-a", 1), ("1..2", 2),
        ])
    func illegal(text: String, place: Int) {
        #expect(throws: JSONSyntaxError.unexpected(at: place)) { try decode(text) }
    }

    @Test("Bytes that are not UTF-8 are refused", arguments: [[0x22, 0xFF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]])
    func notUTF8(bytes: [UInt8]) {
        #expect(throws: JSONSyntaxError.notUTF8) { try JSONCoder.decode(JSON.self, from: Data(bytes)) }
    }

    @Test("A byte order mark is ignored")
    func mark() throws { #expect(try decode("\u{FEFF}[1]") == .list([.number(1)])) }

    @Test("Brackets may nest as deep as documented, and no deeper")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try decode(nested(JSONCoder.maximumDepth)) }
        #expect(throws: JSONSyntaxError.tooDeep) { try decode(nested(JSONCoder.maximumDepth + 1)) }
        #expect(throws: JSONSyntaxError.tooDeep) { try decode(String(repeating: "[", count: 1 << 20)) }
        // Side by side is not deep.
        #expect(throws: Never.self) { try decode("[" + String(repeating: "[],", count: 1000) + "[]]") }
    }

    @Test("Of members with the same name the first one counts, as with Foundation")
    func repeated() throws {
        struct Thing: Decodable { var a: Int }
        let text = Data(#"{"a":1,"b":3,"a":2}"#.utf8)
        #expect(try JSONCoder.decode(Thing.self, from: text).a == JSONDecoder().decode(Thing.self, from: text).a)
    }

    /// Texts that are nearly JSON: what Foundation accepts is accepted and means the same, and nothing else.
    @Test("Ten thousand damaged texts are judged as Foundation judges them")
    func damaged() throws {
        let whole = Array(
            #"{"orderId":"a\u00e9\n","n":[1,-2.5e3,true,null,false],"m":{"한글":"값","x":[{}]},"z":0}"#.utf8)
        let bytes = Array(#"{}[]",:\u0123456789eE+-.truefalsn "#.utf8)
        var dice = Dice(state: 8259)
        for _ in 0..<10_000 {
            var text = whole
            for _ in 0..<Int.random(in: 1...3, using: &dice) {
                let place = Int.random(in: 0..<text.count, using: &dice)
                switch Int.random(in: 0..<3, using: &dice) {
                case 0: text.remove(at: place)
                case 1: text[place] = bytes.randomElement(using: &dice) ?? 0
                default: text.insert(bytes.randomElement(using: &dice) ?? 0, at: place)
                }
            }
            let theirs = try? JSONDecoder().decode(JSON.self, from: Data(text))
            let ours = try? JSONCoder.decode(JSON.self, from: Data(text))
            let shown = String(decoding: text, as: UTF8.self)
            // Foundation lets a comma behind the last member pass.
            if ours == nil, shown.contains(/,\s*}/) { continue }
            #expect(ours == theirs, "\(shown)")
        }
    }
}
