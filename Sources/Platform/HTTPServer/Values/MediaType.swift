/// Media types as they stand in `Content-Type` and `Accept`.
enum MediaType {
    /// `application/json` or `application/<anything>+json`, with no charset but UTF-8.
    static func isJSON(_ contentType: String) -> Bool {
        if contentType == "application/json" { return true }
        let parts = contentType.lowercased().split(separator: ";").map { $0.trimmingSpaces }
        guard let type = parts.first, type.hasPrefix("application/") else { return false }
        guard type == "application/json" || type.hasSuffix("+json") else { return false }
        return parts.dropFirst().allSatisfy { parameter in
            !parameter.hasPrefix("charset=") || ["utf-8", "\"utf-8\"", "utf8"].contains(parameter.dropFirst(8))
        }
    }

    /// Which of `application/hal+json` and `application/json` the client wants more; HAL when it does not matter.
    static func preferred(accept: String?) -> String {
        let (hal, plain) = ("application/hal+json", "application/json")
        guard let accept, accept != "*/*" else { return hal }
        let ranges = accept.lowercased().split(separator: ",").map(Self.range)
        let (wantsHAL, wantsPlain) = (weight(of: hal, in: ranges), weight(of: plain, in: ranges))
        return wantsPlain > wantsHAL ? plain : hal
    }

    private typealias Range = (type: Substring, quality: Double)

    private static func range(_ text: Substring) -> Range {
        let parts = text.split(separator: ";").map { $0.trimmingSpaces }
        let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
        return (parts.first ?? "", min(max(quality ?? 1, 0), 1))
    }

    /// The most specific range that covers `type` counts (RFC 9110 section 12.5.1); of two equally good types the one
    /// that is listed first is a hair better.
    private static func weight(of type: String, in ranges: [Range]) -> Double {
        if let place = ranges.firstIndex(where: { $0.type == type }) {
            return ranges[place].quality * (1 - Double(place) * 1e-6)
        }
        let fallback = ranges.first { $0.type == "application/*" } ?? ranges.first { $0.type == "*/*" }
        return fallback.map { $0.quality * (1 - 1e-3) } ?? 0
    }
}

extension Substring {
    var trimmingSpaces: Substring {
        var text = self
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
