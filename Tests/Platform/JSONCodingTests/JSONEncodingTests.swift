import Foundation
import JSONCoding
import Testing

@Suite struct JSONEncodingTests {
    private struct Dish: Codable, Equatable {
        var name: String
        var price: Int
        var weight: Double?
        var tags: [String]
        var sizes: [String: UInt8]
        var isHot: Bool
    }

    private let dish = Dish(
        name: "김치\"찌개\"\\\n\u{1}/", price: 8000, weight: 0.45, tags: ["맵다", ""], sizes: ["대": 2], isHot: true)

    @Test("Members stand in the order in which they are encoded")
    func order() throws {
        let text =
            #"{"name":"김치\"찌개\"\\\n\u0001/","price":8000,"weight":0.45,"tags":["맵다",""],"sizes":{"대":2},"isHot":true}"#
        #expect(try encode(dish) == text)
        var light = dish
        light.weight = nil
        #expect(try encode(light) == text.replacing(#""weight":0.45,"#, with: ""))
    }

    @Test("What is encoded here Foundation decodes, and the other way round")
    func exchange() throws {
        #expect(try JSONDecoder().decode(Dish.self, from: JSONCoder.encode(dish)) == dish)
        #expect(try JSONCoder.decode(Dish.self, from: JSONEncoder().encode(dish)) == dish)
    }

    @Test("Every character survives")
    func characters() throws {
        let all = String(
            String.UnicodeScalarView((0...0xFFFF as ClosedRange<UInt32>).compactMap { Unicode.Scalar($0) }))
        let bytes = try JSONCoder.encode([all + "🍜"])
        #expect(try JSONDecoder().decode([String].self, from: bytes) == [all + "🍜"])
        #expect(try JSONCoder.decode([String].self, from: bytes) == [all + "🍜"])
        #expect(try JSONCoder.decode([String].self, from: JSONEncoder().encode([all])) == [all])
    }

    @Test(
        "Only what has to be escaped is escaped",
        arguments: [
            ("", "\"\""), ("김치/찌개", "\"김치/찌개\""), ("\"\\", #""\"\\""#), ("\n\r\t", #""\n\r\t""#),
            ("\u{0}\u{8}\u{1f}", "\"\\u0000\\u0008\\u001f\""), ("\r\n", #""\r\n""#), ("\"\u{301}", "\"\\\"\u{301}\""),
        ])
    func escapes(text: String, quoted: String) throws { #expect(try encode(text) == quoted) }

    @Test("Numbers keep their value")
    func numbers() throws {
        #expect(try encode([Int64.min, .max, 0, -1]) == "[-9223372036854775808,9223372036854775807,0,-1]")
        #expect(try encode(UInt64.max) == "18446744073709551615")
        #expect(try JSONCoder.decode(UInt64.self, from: Data("18446744073709551615".utf8)) == .max)
        #expect(try encode([37.5, 1, -0.0, 1e300, 0.1]) == "[37.5,1,-0,1e+300,0.1]")
        let awkward = [Double.leastNonzeroMagnitude, .greatestFiniteMagnitude, .pi, 1 / 3, 1e21, 1e-7]
        #expect(try JSONCoder.decode([Double].self, from: JSONCoder.encode(awkward)) == awkward)
        #expect(try JSONCoder.decode(Float.self, from: JSONCoder.encode(Float(0.1))) == 0.1)
    }

    @Test("A number that JSON does not have is refused", arguments: [Double.infinity, -.infinity, .nan])
    func notFinite(number: Double) {
        #expect(throws: EncodingError.self) { try encode(["a": number]) }
        #expect(throws: EncodingError.self) { try encode([Float(number)]) }
    }

    @Test("A value that encodes nothing is refused, an empty one is not")
    func nothing() throws {
        struct Nothing: Encodable { func encode(to _: any Encoder) {} }
        struct Empty: Encodable {}
        #expect(throws: EncodingError.self) { try encode(["a": Nothing()]) }
        #expect(try encode(["a": Empty()]) == #"{"a":{}}"#)
    }

    @Test("Optionals and enumerations are encoded as they say")
    func synthesized() throws {
        enum Move: String, Codable { case accept }
        #expect(try encode([1, nil, 3]) == "[1,null,3]")
        #expect(try encode([Move.accept]) == #"["accept"]"#)
        #expect(try encode(Int?.none) == "null")
    }

    /// Nested containers, a value that asks for its container twice, a superclass.
    private final class Child: Parent {
        enum Keys: CodingKey { case inner, list, late }
        override func encode(to encoder: any Encoder) throws {
            var own = encoder.container(keyedBy: Keys.self)
            var inner = own.nestedContainer(keyedBy: Keys.self, forKey: .inner)
            try inner.encode(1, forKey: .late)
            var list = own.nestedUnkeyedContainer(forKey: .list)
            try list.encode(2)
            var deep = list.nestedUnkeyedContainer()
            try deep.encode("x")
            var last = list.nestedContainer(keyedBy: Keys.self)
            try last.encodeNil(forKey: .late)
            try list.encode(false)
            try super.encode(to: own.superEncoder())
            var again = encoder.container(keyedBy: Keys.self)
            try again.encode(3.5, forKey: .late)
        }
    }

    private class Parent: Encodable {
        let name = "p"
    }

    @Test("Containers within containers are closed where they end")
    func containers() throws {
        let text = #"{"inner":{"late":1},"list":[2,["x"],{"late":null},false],"super":{"name":"p"},"late":3.5}"#
        #expect(try encode(Child()) == text)
        #expect(try encode([Child()]) == "[\(text)]")
        let ours = try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
        #expect(try JSONDecoder().decode(JSON.self, from: JSONEncoder().encode(Child())) == ours)
    }
}
