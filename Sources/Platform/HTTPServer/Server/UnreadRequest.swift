import CMicroHTTPDAnswers
import Foundation

/// Answers in libmicrohttpd's place where that refuses a request before an ``Exchange`` gets to see it whole: no HTTP,
/// an unknown version, headers that are broken or too long, a body that is broken.
///
/// A first line of one word has no answer: libmicrohttpd closes the connection without making one (connection.c,
/// parse_initial_message_line). HEAD gets a body, as it does not tell the method; the connection ends after it anyway.
enum UnreadRequest {
    /// Reading it takes the answers over, for all servers of this process.
    static let takeOver: Void = mhd_give_own_answers_to { descriptor, status in
        UnreadRequest.answer(descriptor, status: Int(status))
        // Also for reading: libmicrohttpd notices at once, whatever it waits for.
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// Bytes that are read and thrown away, so that closing does not reset the connection and take the answer along.
    private static let discardLimit = 1 << 20

    private static func answer(_ descriptor: Int32, status: Int) {
        let response = Problem(status, detail(status)).response(path: RequestTarget.unreadable.path)
        var bytes = Data("HTTP/1.1 \(status) \(ReasonPhrase.of(status))\r\nDate: \(date())\r\n".utf8)
        for (name, value) in response.headers { bytes.append(contentsOf: "\(name): \(value)\r\n".utf8) }
        bytes.append(contentsOf: "Content-Length: \(response.body.count)\r\nConnection: close\r\n\r\n".utf8)
        bytes.append(response.body)
        // It is short and the last that is sent, so it fits into the socket's buffer; a client that does not read the
        // answers it has gets a part of it.
        _ = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)) }
        discard(descriptor)
    }

    private static func discard(_ descriptor: Int32) {
        var (buffer, left) = ([UInt8](repeating: 0, count: 16 << 10), discardLimit)
        while left > 0 {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count <= 0 { return }
            left -= count
        }
    }

    private static func detail(_ status: Int) -> String {
        switch status {
        case 413: "The body is longer than the server accepts"
        case 414: "The request line is longer than the server accepts"
        case 431: "The headers are longer than the server accepts"
        case 505: "Send HTTP/1.1 or HTTP/1.0"
        default: "The request could not be read"
        }
    }

    /// Now, as RFC 9110 section 5.6.7 writes it.
    private static func date() -> String {
        var (now, parts, text) = (time(nil), tm(), [CChar](repeating: 0, count: 64))
        gmtime_r(&now, &parts)
        let count = strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
