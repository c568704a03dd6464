extension HTTPRequest {
    /// `scheme://host[:port][prefix]` under which the client sees this service: what a gateway forwarded, else the
    /// `Host` header, else the address the server is bound to. No slash at the end.
    ///
    /// Values with characters that have no place there are ignored, so that they cannot end up in links or headers.
    public var baseURL: String {
        let scheme = forwarded("X-Forwarded-Proto", isScheme) ?? "http"
        var host =
            forwarded("X-Forwarded-Host", isHost) ?? headers["Host"].flatMap { isHost($0[...]) ? $0 : nil }
            ?? authority
        if let port = forwarded("X-Forwarded-Port", isPort) {
            let bare = host.lastIndex(of: ":").map { host[$0...].contains("]") ? host[...] : host[..<$0] } ?? host[...]
            let isImplied = port == (scheme == "https" ? "443" : "80")
            host = isImplied ? String(bare) : "\(bare):\(port)"
        }
        var prefix = forwarded("X-Forwarded-Prefix", isPrefix) ?? ""
        while prefix.hasSuffix("/") { prefix.removeLast() }
        return "\(scheme)://\(host)\(prefix)"
    }

    /// The first value of a list, which is the one nearest to the client.
    private func forwarded(_ name: String, _ isValid: (Substring) -> Bool) -> String? {
        guard let list = headers[name] else { return nil }
        let first = (list.split(separator: ",").first ?? "").trimmingSpaces
        return isValid(first) ? String(first) : nil
    }

    private func isScheme(_ text: Substring) -> Bool { text == "http" || text == "https" }

    private func isPort(_ text: Substring) -> Bool { UInt16(text).map { $0 > 0 } ?? false }

    private func isHost(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 255
            && text.utf8.allSatisfy { Self.isWord($0) || $0 == UInt8(ascii: ":") || $0 == 0x5B || $0 == 0x5D }
    }

    private func isPrefix(_ text: Substring) -> Bool {
        text.first == "/" && !text.hasPrefix("//") && text.utf8.count <= 255
            && text.utf8.allSatisfy { Self.isWord($0) || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "~") }
    }

    /// Letters, digits, `-`, `.`, `_`.
    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
