import Foundation
import HTTPServer
import Testing

@Suite struct RequestBodyTests {
    private func status(_ request: HTTPRequest) async -> HTTPResponse {
        var router = Router()
        router.post("/things") { request in try .json(request.decode(Thing.self), status: 201) }
        return await router.respond(to: request)
    }

    @Test(
        "The media type decides whether a body is read",
        arguments: [
            ("application/json", 201), ("application/json; charset=utf-8", 201),
            ("Application/JSON;charset=UTF-8", 201),
            ("application/hal+json", 201), ("application/merge-patch+json", 201), ("text/plain", 415), (nil, 415),
            ("application/x-www-form-urlencoded", 415), ("application/json; charset=euc-kr", 415),
            ("image/svg+json", 415),
        ] as [(String?, Int)])
    func mediaType(type: String?, expected: Int) async {
        #expect(await status(.post("/things", #"{"name":"김치","price":1}"#, type: type)).status == expected)
    }

    @Test("A body that is packed is not read", arguments: [("gzip", 415), ("identity", 201)])
    func encoding(_ encoding: String, expected: Int) async {
        var request = HTTPRequest.post("/things", #"{"name":"김치","price":1}"#)
        request.headers.append("Content-Encoding", encoding)
        #expect(await status(request).status == expected)
    }

    @Test(
        "A body that is not JSON is a bad request",
        arguments: ["", "{", "nonsense", #"{"name":}"#, #"{"name":"a","price":1"#, "{'name':1}"])
    func broken(body: String) async { #expect(await status(.post("/things", body)).status == 400) }

    @Test("Bytes that are not UTF-8 are a bad request")
    func notText() async {
        var request = HTTPRequest.post("/things", "")
        request.body = Data(#"{"price":1,"name":""#.utf8) + [0xC3, 0x28] + Data("\"}".utf8)
        #expect(await status(request).status == 400)
    }

    @Test("Nesting is bounded before the coder sees it", arguments: [(31, 201), (32, 400), (100_000, 400)])
    func depth(inner: Int, expected: Int) async {
        let nest = String(repeating: "[", count: inner) + String(repeating: "]", count: inner)
        #expect(await status(.post("/things", #"{"name":"[[{","price":1,"x":\#(nest)}"#)).status == expected)
    }

    @Test(
        "JSON of another form names the member",
        arguments: [
            (#"{"price":1}"#, "name: is missing"), (#"{"name":1,"price":1}"#, "name: must be a text"),
            (#"{"name":null,"price":1}"#, "name: must not be null"),
            (#"{"name":"a","price":1.5}"#, "price: must be a whole number"),
            (#"{"name":"a","price":"x"}"#, "price: must be a whole number"),
            (#"{"name":"a","price":""}"#, "price: must be a whole number"),
            (#"{"name":"a","price":true}"#, "price: must be a whole number"),
            (#"{"name":"a","price":"9223372036854775808"}"#, "price: must be a whole number"),
            (#"{"name":"a","price":1e30}"#, "price: must be a whole number"), ("[]", "$: must be an object"),
        ])
    func mismatch(body: String, expected: String) async {
        let response = await status(.post("/things", body))
        #expect(response.status == 422)
        #expect(response.errors == [expected])
    }

    @Test("A member inside a list is named with its place")
    func nested() {
        struct Basket: Decodable { var things: [Thing] }
        let error = #expect(throws: InvalidFields.self) {
            try HTTPRequest.post("/", #"{"things":[{"name":"a","price":1},{"name":"b"}]}"#).decode(Basket.self)
        }
        #expect(error?.problem.fields.map(\.field) == ["things[1].price"])
    }

    @Test("Numbers come as numbers or as text", arguments: ["18000", "\"18000\"", "18000.0", "\"+18000\"", "1.8e4"])
    func lenient(price: String) throws {
        let thing: Thing = try HTTPRequest.post("/", #"{"name":"a","price":\#(price)}"#).decode()
        #expect(thing.price == 18000)
    }
}
