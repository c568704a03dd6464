import Foundation
import HTTPServer
import Testing

@Suite struct HALTests {
    static let things = Resource(
        "things", of: "thing", fields: ["name", "price"], sortable: ["name", "price"],
        searches: [.init("findByName", "name")])

    private func router(total: Int) -> Router {
        let things = Self.things
        let item = Item(
            id: "가 1", Thing(name: "김치/\"찌개\"", price: 6000), links: [.command("accept"), .to("shop", "/shops/1")])
        var router = Router()
        router.offer([things])
        router.get("/things") { request in
            let page = try things.page(request)
            let count = min(page.size, max(0, total - page.offset))
            return try things.list(Array(repeating: item, count: count), page: page, total: total, for: request)
        }
        router.post("/things") { try things.one(item, for: $0, status: 201) }
        router.get("/things/:id") { try things.one(item, for: $0) }
        router.get("/things/search/findByName") { try things.found([], for: $0) }
        return router
    }

    private func get(_ target: String, total: Int = 0, _ headers: HTTPHeaders = ["Host": "localhost:8081"]) async
        -> HTTPResponse
    { await router(total: total).respond(to: HTTPRequest("GET", target, headers: headers)) }

    @Test("An item has its members, its links, and the commands that are legal now")
    func item() async {
        let response = await get("/things/1")
        #expect(
            response.text
                == #"{"name":"김치/\"찌개\"","price":6000,"_links":{"#
                + #""self":{"href":"http://localhost:8081/things/%EA%B0%80%201"},"#
                + #""thing":{"href":"http://localhost:8081/things/%EA%B0%80%201"},"#
                + #""accept":{"href":"http://localhost:8081/things/%EA%B0%80%201/accept"},"#
                + #""shop":{"href":"http://localhost:8081/shops/1"}}}"#)
    }

    @Test("A created item has its place")
    func created() async {
        let response = await router(total: 0).respond(to: HTTPRequest("POST", "/things"))
        #expect(response.status == 201)
        #expect(response.header("Location") == "http://localhost/things/%EA%B0%80%201")
    }

    @Test("An empty list looks as Spring Data REST writes it")
    func emptyList() async throws {
        let response = await get("/things")
        #expect(response.header("Content-Type") == "application/hal+json")
        #expect(
            response.text
                == #"{"_embedded":{"things":[]},"_links":{"self":{"href":"http://localhost:8081/things"},"#
                + #""profile":{"href":"http://localhost:8081/profile/things"}},"#
                + #""page":{"size":20,"totalElements":0,"totalPages":0,"number":0}}"#)
    }

    @Test(
        "A list that has several pages links to its neighbours",
        arguments: [
            ("/things", 20, "self=/things"),
            ("/things", 21, "self=/things first=?page=0&size=20 next=?page=1&size=20 last=?page=1&size=20"),
            (
                "/things?page=1&size=2", 5,
                "self=?page=1&size=2 first=?page=0&size=2 prev=?page=0&size=2 next=?page=2&size=2 last=?page=2&size=2"
            ),
            (
                "/things?page=2&size=2&sort=name,desc", 5,
                "self=?page=2&size=2&sort=name,desc first=?page=0&size=2&sort=name,desc "
                    + "prev=?page=1&size=2&sort=name,desc last=?page=2&size=2&sort=name,desc"
            ),
            (
                "/things?page=9&size=2", 3,
                "self=?page=9&size=2 first=?page=0&size=2 prev=?page=1&size=2 last=?page=1&size=2"
            ),
        ])
    func pages(target: String, total: Int, expected: String) async {
        let response = await get(target, total: total)
        let links = ["self", "first", "prev", "next", "last"].compactMap { rel in
            response.link(rel).map { "\(rel)=\($0.replacing("http://localhost:8081/things?", with: "?"))" }
        }
        #expect(links.joined(separator: " ").replacing("http://localhost:8081", with: "") == expected)
    }

    @Test("The page is described")
    func page() async {
        let response = await get("/things?page=1&size=2", total: 5)
        let page = response.object["page"] as? [String: Int]
        #expect(page == ["size": 2, "totalElements": 5, "totalPages": 3, "number": 1])
        #expect(((response.object["_embedded"] as? [String: Any])?["things"] as? [Any])?.count == 2)
    }

    @Test(
        "A wish for a page that makes no sense is refused with its name",
        arguments: [
            ("page=-1", "page"), ("page=x", "page"), ("page=", "page"), ("size=0", "size"), ("size=1.5", "size"),
            ("page=99999999999999999999", "page"), ("sort=nothing", "sort"), ("sort=name,nothing,desc", "sort"),
        ])
    func badPage(query: String, field: String) async {
        let response = await get("/things?\(query)")
        #expect(response.status == 400)
        #expect(response.errors.first?.hasPrefix(field) == true)
    }

    @Test("Sorting and size are understood")
    func sort() throws {
        let page = try Self.things.page(HTTPRequest("GET", "/?size=5000&sort=name,price,desc&sort=price"))
        #expect(page.size == 1000)
        #expect(page.sort == [.init("name", descending: true), .init("price", descending: true)])
    }

    @Test("A field that is named again changes nothing, and links do not repeat it")
    func repeatedSort() async throws {
        let query = Array(repeating: "sort=name,name", count: 2000).joined(separator: "&")
        let page = try Self.things.page(HTTPRequest("GET", "/?sort=price,desc&\(query)"))
        #expect(page.sort == [.init("price", descending: true), .init("name")])
        let response = await get("/things?\(query)", total: 21)
        #expect(response.link("next") == "http://localhost:8081/things?page=1&size=20&sort=name,asc")
    }

    @Test(
        "The media type follows what the client prefers",
        arguments: [
            (nil, "hal+json"), ("*/*", "hal+json"), ("application/json, */*;q=0.5", "json"),
            ("application/json", "json"),
            ("application/hal+json", "hal+json"), ("application/hal+json, application/json", "hal+json"),
            ("application/json, application/hal+json", "json"), ("text/html, */*;q=0.8", "hal+json"),
            ("application/json;q=0.5, application/hal+json", "hal+json"), ("application/*", "hal+json"),
            ("APPLICATION/JSON", "json"), ("application/json;q=0", "hal+json"), (";;,q=x", "hal+json"),
        ] as [(String?, String)])
    func negotiation(accept: String?, expected: String) async {
        let response = await get("/things", accept.map { ["Accept": $0] } ?? [:])
        #expect(response.header("Content-Type") == "application/\(expected)")
    }

    @Test(
        "Links point to where the client came in",
        arguments: [
            (["Host": "a:1"], "http://a:1"), ([:], "http://localhost"), (["Host": "a\"b"], "http://localhost"),
            (["Host": "a", "X-Forwarded-Host": "b, c", "X-Forwarded-Proto": "https,http"], "https://b"),
            (["Host": "a", "X-Forwarded-Host": "b:8088"], "http://b:8088"),
            (["X-Forwarded-Host": "b", "X-Forwarded-Port": "8088"], "http://b:8088"),
            (["X-Forwarded-Host": "b:1", "X-Forwarded-Port": "443", "X-Forwarded-Proto": "https"], "https://b"),
            (["Host": "[::1]:80", "X-Forwarded-Port": "90"], "http://[::1]:90"),
            (["Host": "a", "X-Forwarded-Prefix": "/shop/"], "http://a/shop"),
            (["Host": "a", "X-Forwarded-Prefix": "//evil"], "http://a"),
            (["Host": "a", "X-Forwarded-Host": "b\r\nX: y", "X-Forwarded-Proto": "javascript"], "http://a"),
            (["Host": "a", "X-Forwarded-Port": "x", "X-Forwarded-Host": ""], "http://a"),
        ] as [(HTTPHeaders, String)])
    func base(headers: HTTPHeaders, expected: String) async {
        #expect(await get("/things", headers).link("self") == "\(expected)/things")
    }

    @Test("The root, the profile and the searches lead on")
    func directory() async {
        #expect(await get("/").link("things") == "http://localhost:8081/things{?page,size,sort}")
        #expect(await get("/profile").link("things") == "http://localhost:8081/profile/things")
        #expect(await get("/profile/things").text.contains(#"{"name":"price","type":"SEMANTIC"}"#))
        #expect(await get("/").link("thingsSearch") == "http://localhost:8081/things/search")
        let search = await get("/things/search")
        #expect(search.link("findByName") == "http://localhost:8081/things/search/findByName{?name}")
        #expect(search.text.contains(#""templated":true"#))
    }

    @Test("The documents that lead on are written like this")
    func directoryText() async {
        #expect(
            await get("/").text
                == #"{"_links":{"things":{"href":"http://localhost:8081/things{?page,size,sort}","templated":true},"#
                + #""thingsSearch":{"href":"http://localhost:8081/things/search"},"#
                + #""profile":{"href":"http://localhost:8081/profile"}}}"#)
        #expect(
            await get("/profile/things").text
                == #"{"alps":{"version":"1.0","descriptor":[{"id":"thing-representation","#
                + #""href":"http://localhost:8081/profile/things","#
                + #""descriptor":[{"name":"name","type":"SEMANTIC"},{"name":"price","type":"SEMANTIC"}]}]}}"#)
    }

    @Test("The items of a list and of a search are those that stand alone")
    func embedded() async {
        let item = await get("/things/1").text
        let list = await get("/things?size=2", total: 2).text
        #expect(list.hasPrefix(#"{"_embedded":{"things":[\#(item),\#(item)]},"_links":{"self":{"href":""#))
        #expect(list.hasSuffix(#"},"page":{"size":2,"totalElements":2,"totalPages":1,"number":0}}"#))
        let found = await get("/things/search/findByName").text
        #expect(
            found
                == #"{"_embedded":{"things":[]},"_links":{"self":{"href":"http://localhost:8081/things/search/findByName"}}}"#
        )
    }

    @Test("An item without members has its links, and one that is no object is the program's mistake")
    func oddItems() throws {
        struct Nothing: Encodable, Sendable {}
        let request = HTTPRequest("GET", "/things/1", headers: ["Host": "a"])
        let links = #""_links":{"self":{"href":"http://a/things/1"},"thing":{"href":"http://a/things/1"}}"#
        #expect(try Self.things.one(Item(id: "1", Nothing()), for: request).text == "{\(links)}")
        for body in ["x", [1], Int?.none] as [any Encodable & Sendable] {
            #expect(throws: EncodingError.self) { try Self.things.one(Item(id: "1", body), for: request) }
        }
    }

    @Test("A search links to itself with its query")
    func found() async {
        let response = await get("/things/search/findByName?name=%EA%B9%80")
        #expect(response.link("self") == "http://localhost:8081/things/search/findByName?name=%EA%B9%80")
    }
}
