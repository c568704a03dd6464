import Foundation
import JSONCoding
import Testing

@Suite struct JSONDecodingTests {
    private struct Line: Decodable, Equatable {
        var name: String
        var qty: Int
        var note: String?
    }
    private struct Order: Decodable {
        var id: String
        var lines: [Line]
        var total: Int8
    }

    @Test("Members are found in any order, strangers are ignored, null is absent")
    func members() throws {
        let text = Data(#"{"x":[{"name":1}],"qty":2,"note":null,"\u006eame":"찌개","y":{"qty":9}}"#.utf8)
        #expect(try JSONCoder.decode(from: text) == Line(name: "찌개", qty: 2, note: nil))
    }

    @Test("A whole number may be written as a fraction or with an exponent", arguments: ["3", "3.0", "0.3e1", "30e-1"])
    func wholeNumbers(text: String) throws {
        #expect(try JSONCoder.decode(Int.self, from: Data(text.utf8)) == 3)
        #expect(try JSONDecoder().decode(Int.self, from: Data(text.utf8)) == 3)
    }

    /// What Foundation throws for the same text, by kind of error and path.
    @Test(
        "A text that does not fit its type is refused as Foundation refuses it",
        arguments: [
            "[]", "1", #""a""#, "{}", #"{"id":"a","lines":[]}"#, #"{"id":1,"lines":[],"total":0}"#,
            #"{"id":null,"lines":[],"total":0}"#, #"{"id":"a","lines":{},"total":0}"#,
            #"{"id":"a","lines":[{"name":"b","qty":"2"}],"total":0}"#,
            #"{"id":"a","lines":[{"name":"b","qty":2},{"name":"b"}],"total":0}"#,
            #"{"id":"a","lines":[null],"total":0}"#, #"{"id":"a","lines":[],"total":true}"#,
        ])
    func refusals(text: String) {
        #expect(
            refusal { try JSONCoder.decode(Order.self, from: Data(text.utf8)) }
                == refusal { try JSONDecoder().decode(Order.self, from: Data(text.utf8)) })
    }

    private func refusal(_ body: () throws -> Order) -> String {
        func path(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: "/") }
        do {
            return "accepted: \(try body())"
        } catch DecodingError.keyNotFound(let key, let context) {
            return "missing \(path(context.codingPath)) \(key.stringValue)"
        } catch DecodingError.typeMismatch(_, let context) {
            return "mismatch \(path(context.codingPath))"
        } catch DecodingError.valueNotFound(_, let context) {
            return "null \(path(context.codingPath))"
        } catch DecodingError.dataCorrupted(let context) {
            return "corrupt \(path(context.codingPath))"
        } catch {
            return "\(error)"
        }
    }

    @Test("A number that does not fit its type is refused, not cut")
    func misfits() {
        #expect(refusal { try JSONCoder.decode(from: order(total: "200")) } == "corrupt total")
        #expect(refusal { try JSONCoder.decode(from: order(total: "1.5")) } == "corrupt total")
        #expect(throws: DecodingError.self) { try JSONCoder.decode(Int.self, from: Data("9223372036854775808".utf8)) }
        #expect(throws: DecodingError.self) { try JSONCoder.decode(Double.self, from: Data("1e999".utf8)) }
        #expect(throws: DecodingError.self) { try JSONCoder.decode(UInt.self, from: Data("-1".utf8)) }
    }

    private func order(total: String) -> Data { Data(#"{"id":"a","lines":[],"total":\#(total)}"#.utf8) }

    private struct ByHand: Decodable {
        enum Keys: CodingKey { case inner, list, a }
        var found: [String] = []

        init(from decoder: any Decoder) throws {
            let own = try decoder.container(keyedBy: Keys.self)
            found.append(own.allKeys.map(\.stringValue).sorted().joined(separator: ","))
            let inner = try own.nestedContainer(keyedBy: Keys.self, forKey: .inner)
            found.append("\(try inner.decode(Bool.self, forKey: .a)) \(inner.contains(.list))")
            var list = try own.nestedUnkeyedContainer(forKey: .list)
            found.append("\(list.count ?? -1) \(try list.decodeNil()) \(try list.decodeNil())")
            found.append("\(try list.decode(String.self))")
            var deep = try list.nestedUnkeyedContainer()
            found.append("\(try deep.decode(Double.self)) \(deep.isAtEnd)")
            found.append("\(try list.nestedContainer(keyedBy: Keys.self).decodeNil(forKey: .a)) \(list.isAtEnd)")
            do { _ = try list.decode(Int.self) } catch DecodingError.valueNotFound { found.append("end") }
            found.append("\(try own.superDecoder(forKey: .a).singleValueContainer().decode(UInt16.self))")
        }
    }

    @Test("Containers can be read by hand")
    func containers() throws {
        let text = Data(#"{"inner":{"a":true},"list":[null,"x",[1.5],{"a":null}],"a":7,"b":0}"#.utf8)
        let expected = try JSONDecoder().decode(ByHand.self, from: text).found
        #expect(try JSONCoder.decode(ByHand.self, from: text).found == expected)
        #expect(expected.last == "7")
    }
}
