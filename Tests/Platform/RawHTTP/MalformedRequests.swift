/// Bytes that are no proper request, or hardly one, for a server that has `/orders`.
public struct MalformedRequest: Sendable, CustomStringConvertible {
    public let description: String
    public let bytes: [UInt8]
    /// What was sent must not come back; this word is where it could.
    public static let marker = "zqxj"
    /// The server waits for the rest: the client closes its side.
    public private(set) var isUnfinished = false
    /// Closing without an answer is right: it is not HTTP, or not finished.
    public private(set) var maySayNothing = false
    /// Complete requests in it, so that as many answers may come.
    public private(set) var requests = 1

    init(_ description: String, _ bytes: [UInt8]) { (self.description, self.bytes) = (description, bytes) }
    init(_ description: String, _ text: String) { self.init(description, Array(text.utf8)) }

    static func get(_ description: String, _ target: String, _ headers: String = "") -> MalformedRequest {
        MalformedRequest(description, "GET \(target) HTTP/1.1\r\nHost: a\r\n\(headers)\r\n")
    }

    static func post(_ description: String, _ headers: String, _ body: String = "") -> MalformedRequest {
        MalformedRequest(
            description,
            "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\(headers)\r\n\(body)")
    }

    static func chunked(_ description: String, _ body: String) -> MalformedRequest {
        post(description, "Transfer-Encoding: chunked\r\n", body)
    }

    var unfinished: MalformedRequest {
        var copy = silent
        copy.isUnfinished = true
        return copy
    }

    var silent: MalformedRequest {
        var copy = self
        copy.maySayNothing = true
        return copy
    }

    func with(requests: Int) -> MalformedRequest {
        var copy = self
        copy.requests = requests
        return copy
    }

    public static let all = targets + methods + versions + hosts + lengths + chunks + fields + sizes + others

    private static func text(_ length: Int) -> String { String(repeating: "x", count: length) }

    private static let targets: [MalformedRequest] = [
        get("%00", "/orders%00"), get("%00 first", "/%00"), get("%zz", "/orders/%zz"), get("% at the end", "/orders/%"),
        get("half an escape", "/orders/%4"), get("dots encoded", "/%2e%2e/orders"), get("dots", "/../../etc/passwd"),
        get("dots inside", "/orders/../zqxj"), get("slash encoded", "/orders%2f1"), get("not UTF-8 encoded", "/%ff%fe"),
        get("overlong UTF-8", "/%c0%ae%c0%ae/orders"), get("a surrogate", "/orders/%ed%a0%80"),
        get("many slashes", "///orders////1"), get("a backslash", "/orders\\zqxj"), get("no slash", "orders"),
        get("a fragment", "/orders#zqxj"), get("quotes and angles", "/\"<script>zqxj</script>"),
        get("%00 in the query", "/orders?zqxj=%00"), get("%zz in the query", "/orders?zqxj=%zz"),
        get("a blank", "/orders zqxj"), get("an absolute form", "http://a/orders"),
        get("an absolute form without a path", "http://a"), get("another scheme", "ftp://a/orders"),
        get("a bare scheme", "http://"), get("a star", "*"), get("a line break encoded", "/orders/1%0d%0aX-Zqxj:%201"),
        MalformedRequest("a control byte", "GET /orders/\u{1}zqxj HTTP/1.1\r\nHost: a\r\n\r\n"),
        MalformedRequest("a tab", "GET /orders\tzqxj HTTP/1.1\r\nHost: a\r\n\r\n"),
        MalformedRequest("a DEL", "GET /orders/\u{7F} HTTP/1.1\r\nHost: a\r\n\r\n"),
        MalformedRequest("a NUL in the target", "GET /orders\u{0}zqxj HTTP/1.1\r\nHost: a\r\n\r\n"),
        MalformedRequest(
            "8-bit bytes", Array("GET /orders/".utf8) + [0xFF, 0xFE] + Array(" HTTP/1.1\r\nHost: a\r\n\r\n".utf8)),
        MalformedRequest("no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n"),
        MalformedRequest("blanks around the target", "GET   /orders   HTTP/1.1\r\nHost: a\r\n\r\n"),
    ]

    private static let methods: [MalformedRequest] =
        [
            "TRACE /orders", "CONNECT a:443", "CONNECT /orders", "BREW /orders", "get /orders", "gEt /zqxj",
            "PROPFIND /orders",
            "G(T /orders", "GET<zqxj> /orders", "OPTIONS *", "TRACE *", "DELETE /orders", "PRI /orders",
            String(repeating: "A", count: 5000) + " /orders",
        ].map { MalformedRequest("method of \($0.prefix(20))", "\($0) HTTP/1.1\r\nHost: a\r\n\r\n") }
        + [
            MalformedRequest(
                "an 8-bit method", Array([0xC7, 0xC5, 0xD4]) + Array(" /orders HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        ]

    private static let versions: [MalformedRequest] =
        [
            "HTTP/0.9", "HTTP/1.2", "HTTP/1.9", "HTTP/2.0", "HTTP/9.9", "HTTP/1", "HTTP/11.1", "HTTP/1.1x", "http/1.1",
            "HTTP/-1.1", "XTTP/1.1",
        ]
        .map { MalformedRequest("version \($0)", "GET /orders \($0)\r\nHost: a\r\n\r\n") }
        + [
            MalformedRequest("HTTP/1.0 with Host", "GET /orders HTTP/1.0\r\nHost: a\r\n\r\n"),
            MalformedRequest("HTTP/1.0 without Host", "GET /orders HTTP/1.0\r\n\r\n"),
            MalformedRequest("no version, as HTTP/0.9 has none", "GET /orders\r\n\r\n").silent,
            MalformedRequest("HTTP/2 without asking", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").silent,
        ]

    private static let hosts: [MalformedRequest] = [
        MalformedRequest("no Host", "GET /orders HTTP/1.1\r\n\r\n"),
        MalformedRequest("no Host but others", "GET /orders HTTP/1.1\r\nX: zqxj\r\n\r\n"),
        MalformedRequest("no Host and a negative length", "POST /orders HTTP/1.1\r\nContent-Length: -2\r\n\r\nab"),
        get("two Hosts", "/orders", "Host: b\r\n"), get("two equal Hosts", "/orders", "host: a\r\n"),
        MalformedRequest("an empty Host", "GET /orders HTTP/1.1\r\nHost:\r\n\r\n"),
        MalformedRequest("a Host with a path", "GET /orders HTTP/1.1\r\nHost: a/zqxj\r\n\r\n"),
        MalformedRequest("a Host with a quote", "GET /orders HTTP/1.1\r\nHost: \"zqxj\"\r\n\r\n"),
        MalformedRequest("a Host with a bad port", "GET /orders HTTP/1.1\r\nHost: a:zqxj\r\n\r\n"),
    ]

    private static let lengths: [MalformedRequest] =
        [
            "-2", "+2", "0x2", "2 2", "2,2", "2, 3", "2.0", "1e1", "zqxj", "", "99999999999999999999",
            "9223372036854775808", "18446744073709551616", "٢",
        ].map { post("Content-Length \($0)", "Content-Length: \($0)\r\n", "ab") }
        + [
            post("a huge Content-Length", "Content-Length: 9223372036854775807\r\n"),
            post("two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n", "abc"),
            post("two equal lengths", "Content-Length: 2\r\nContent-Length: 2\r\n", "ab"),
            post("length and chunks", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
            post("chunks and length", "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", "0\r\n\r\n"),
            post("gzip", "Transfer-Encoding: gzip\r\n", "ab"),
            post("identity", "Transfer-Encoding: identity\r\n", "ab"),
            post("gzip and chunked", "Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
            post("chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
            post("chunked with a tab", "Transfer-Encoding:\u{B}chunked\r\n", "0\r\n\r\n"),
            MalformedRequest(
                "chunks in HTTP/1.0", "POST /orders HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            get("a GET with a bad length", "/orders", "Content-Length: -1\r\n"),
            MalformedRequest("a HEAD without Host", "HEAD /orders HTTP/1.1\r\n\r\n"),
            post("a body that does not come", "Content-Length: 9\r\n", "ab").unfinished,
            post("2 MiB", "Content-Length: 2097152\r\n", text(2 << 20)),
        ]

    private static let chunks: [MalformedRequest] = [
        chunked("no number", "zz\r\nab\r\n0\r\n\r\n"), chunked("a negative chunk", "-1\r\nab\r\n0\r\n\r\n"),
        chunked("a chunk with a plus", "+2\r\nab\r\n0\r\n\r\n"), chunked("a chunk with 0x", "0x2\r\nab\r\n0\r\n\r\n"),
        chunked("a chunk longer than it says", "2\r\nabcd\r\n0\r\n\r\n"),
        chunked("a chunk beyond all numbers", "ffffffffffffffffff\r\nab"),
        chunked("a chunk of nothing", "\r\nab\r\n0\r\n\r\n"),
        chunked("a blank before the number", " 2\r\nab\r\n0\r\n\r\n"),
        chunked("chunk extensions", "2;zqxj=1;\"a\"=\"b\"\r\n{}\r\n0\r\n\r\n"),
        chunked("bare line feeds between chunks", "2\n{}\n0\n\n"),
        chunked("a bad trailer", "2\r\n{}\r\n0\r\nzqxj\r\n\r\n"),
        chunked("a good trailer", "2\r\n{}\r\n0\r\nX: zqxj\r\n\r\n"),
        chunked("a forbidden trailer", "2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n"),
        chunked("chunks that end early", "5\r\nab").unfinished,
        chunked("2 MiB in chunks", "200000\r\n\(text(2 << 20))\r\n0\r\n\r\n"),
    ]

    private static let fields: [MalformedRequest] = [
        get("no colon", "/orders", "zqxj\r\n"), get("a blank before the colon", "/orders", "X-Zqxj : 1\r\n"),
        get("no name", "/orders", ": zqxj\r\n"), get("a blank in the name", "/orders", "X Zqxj: 1\r\n"),
        get("a folded value", "/orders", "X: a\r\n zqxj\r\n"),
        get("a folded length", "/orders", "Content-Length:\r\n 0\r\n"),
        MalformedRequest("a first line that is folded", "GET /orders HTTP/1.1\r\n X: zqxj\r\nHost: a\r\n\r\n"),
        get("a NUL in a value", "/orders", "X: a\u{0}zqxj\r\n"), get("a NUL in a name", "/orders", "X\u{0}: zqxj\r\n"),
        get("a control byte in a value", "/orders", "X: a\u{1}zqxj\r\n"),
        get("a DEL in a value", "/orders", "X: \u{7F}\r\n"),
        get("a control byte in a name", "/orders", "X\u{1}: zqxj\r\n"),
        get("Korean in a name", "/orders", "이름: zqxj\r\n"),
        get("Korean in a value", "/orders", "X: 이름\r\n"), get("a bare CR in a value", "/orders", "X: a\rY: zqxj\r\n"),
        MalformedRequest("bare line feeds", "GET /orders HTTP/1.1\nHost: a\n\n"),
        MalformedRequest("bare carriage returns", "GET /orders HTTP/1.1\rHost: a\r\r").unfinished,
        MalformedRequest("no end of the headers", "GET /orders HTTP/1.1\r\nHost: a\r\n").unfinished,
        get("an unknown expectation", "/orders", "Expect: zqxj\r\n"),
        post("an expectation that is met", "Expect: 100-continue\r\nContent-Length: 2\r\n", "{}"),
        post("an expectation and a broken length", "Expect: 100-continue\r\nContent-Length: -2\r\n"),
        get("an upgrade", "/orders", "Connection: Upgrade\r\nUpgrade: websocket\r\n"),
        get(
            "an upgrade to HTTP/2", "/orders",
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n"),
        get("a broken range", "/orders", "Range: bytes=zqxj\r\n"),
        get("a broken date", "/orders", "If-Modified-Since: zqxj\r\n"),
        get("a forged address", "/zqxj", "X-Forwarded-Host: <zqxj>\r\nX-Forwarded-Proto: zqxj\r\n"),
        get("a forged request id", "/zqxj", "X-Request-Id: \"zqxj\"\r\ntraceparent: zqxj\r\n"),
    ]

    private static let sizes: [MalformedRequest] = [
        get("a header of 100 KiB", "/orders", "X: \(text(100 << 10))\r\n"),
        get("a name of 100 KiB", "/orders", "\(text(100 << 10)): x\r\n"),
        get("5000 headers", "/orders", String(repeating: "X: zqxj\r\n", count: 5000)),
        get("a target of 64 KiB", "/\(text(64 << 10))"), get("a query of 64 KiB", "/orders?\(text(64 << 10))"),
        MalformedRequest("a method of 64 KiB", "\(text(64 << 10)) /orders HTTP/1.1\r\nHost: a\r\n\r\n"),
        get("3000 parameters", "/orders?a" + String(repeating: "&a", count: 3000)),
        get("3000 cookies", "/zqxj", "Cookie: a" + String(repeating: ";a", count: 3000) + "\r\n"),
        get(
            "3000 cookies and a bad length", "/zqxj",
            "Cookie: a\(String(repeating: ";a", count: 3000))\r\nContent-Length: -1\r\n"),
        get("500 times the same order", "/orders?sort=id,desc" + String(repeating: "&sort=id,desc", count: 499)),
    ]

    private static let others: [MalformedRequest] = [
        MalformedRequest(
            "a TLS hello", Array([0x16, 3, 1, 0, 0xA5, 1, 0, 0, 0xA1, 3, 3] + (0..<160).map { UInt8($0) })
        )
        .unfinished,
        MalformedRequest("a blank before the method", " GET /orders HTTP/1.1\r\nHost: a\r\n\r\n").silent,
        MalformedRequest("nonsense", "nonsense zqxj\r\n\r\n").silent,
        MalformedRequest("one word", "nonsense\r\n\r\n").silent,
        MalformedRequest("zeros", [UInt8](repeating: 0, count: 4096)).unfinished,
        MalformedRequest("random bytes", Array((0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }))
            .unfinished,
        MalformedRequest("nothing", "").unfinished, MalformedRequest("empty lines", "\r\n\r\n\r\n").unfinished,
        MalformedRequest("half a request line", "GET /ord").unfinished,
        MalformedRequest(
            "a good request before a bad one",
            "GET /orders HTTP/1.1\r\nHost: a\r\n\r\nGET /orders HTTP/1.1\r\nzqxj\r\n\r\n"
        ).with(requests: 2),
        MalformedRequest(
            "a good request before one without Host",
            "GET /orders HTTP/1.1\r\nHost: a\r\n\r\nGET /orders HTTP/1.1\r\n\r\n"
        ).with(requests: 2),
        MalformedRequest(
            "a request hidden in a body",
            "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                + "GET /zqxj HTTP/1.1\r\nHost: a\r\n\r\n"),
    ]
}
