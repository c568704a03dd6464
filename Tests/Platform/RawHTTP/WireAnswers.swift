import Foundation

/// What came back on one connection, up to its end.
public struct WireAnswers {
    private struct Answer {
        var status: Int
        var head: Substring
        var body: Substring
    }

    private let text: String
    private let answers: [Answer]

    private init(_ text: String) {
        self.text = text
        let heads = text.matches(of: /HTTP\/1\.[01] (\d{3}) .*?\r\n\r\n/.dotMatchesNewlines())
        let ends = heads.dropFirst().map(\.range.lowerBound) + [text.endIndex]
        answers = zip(heads, ends).map { head, end in
            Answer(status: Int(head.output.1) ?? 0, head: head.output.0, body: text[head.range.upperBound..<end])
        }.filter { $0.status >= 200 }
    }

    /// Sends the request on a connection of its own, and reads until the server closes it.
    public static func to(_ request: MalformedRequest, at port: UInt16) async throws -> WireAnswers {
        guard let client = RawClient(port) else { throw RawClient.Refused() }
        await client.send(Data(request.bytes))
        var text = ""
        if !request.isUnfinished {
            text = await client.receive { text in WireAnswers(text).isComplete(request.requests) }
        }
        client.finish()
        return WireAnswers(text + (await client.receive()))
    }

    private func isComplete(_ count: Int) -> Bool {
        guard answers.count >= count, let last = answers.last else { return false }
        let length = last.head.firstMatch(of: /(?i)Content-Length: (\d+)/).flatMap { Int($0.1) } ?? 0
        return last.body.utf8.count >= length || text.hasPrefix("HEAD")
    }

    /// What is wrong with the answers; empty when nothing is.
    public func complaints(about request: MalformedRequest) -> [String] {
        var complaints = answers.flatMap { self.complaints(about: $0) }
        if text.contains("nothing came for 10 s") { complaints.append("the connection stays open without an answer") }
        if answers.isEmpty, !text.isEmpty { complaints.append("an answer without a head") }
        if answers.isEmpty, !request.maySayNothing { complaints.append("no answer") }
        if answers.count > request.requests { complaints.append("\(answers.count) heads") }
        return complaints
    }

    private func complaints(about answer: Answer) -> [String] {
        var complaints: [String] = []
        if answer.status >= 500, ![501, 505].contains(answer.status) { complaints.append("status \(answer.status)") }
        guard answer.status >= 400 else { return complaints }
        if !answer.head.contains(/(?i)\r\nContent-Type: application\/problem\+json\r\n/) {
            complaints.append("\(answer.status) is no problem document: \(answer.head) \(answer.body.prefix(200))")
        }
        // A HEAD has no body.
        if !answer.body.isEmpty { complaints += Self.complaints(aboutBody: answer.body, answer.status) }
        let rest = answer.head + answer.body.replacing(/"path":"(\\.|[^"\\])*"/, with: "")
        if rest.lowercased().contains(MalformedRequest.marker) {
            complaints.append("it gives back what was sent: \(rest)")
        }
        return complaints
    }

    private static func complaints(aboutBody body: Substring, _ status: Int) -> [String] {
        guard let document = (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] else {
            return ["\(status) has a body that is no JSON object: \(body.prefix(300))"]
        }
        let texts = ["type", "title", "detail", "timestamp", "error", "message", "path"]
        let missing = texts.filter { !(document[$0] is String) }
        return missing.map { "\(status) has no \($0)" }
            + (document["status"] as? Int == status ? [] : ["status differs"])
    }
}
