import Foundation
import JSONCoding
import Telemetry
import Time

/// A refusal as RFC 9457 describes it, with the members that clients of Spring services look for.
public struct Problem: Sendable {
    /// What is wrong with one member of the body or one query parameter.
    public struct Field: Sendable, Equatable {
        public var field: String
        public var message: String
        /// As the client sent it. Leave out what is private.
        public var rejectedValue: String?

        public init(_ field: String, _ message: String, rejected: String? = nil) {
            (self.field, self.message, rejectedValue) = (field, message, rejected)
        }
    }

    public var status: Int
    /// A URI reference that names the kind of problem.
    public var type = "about:blank"
    public var title: String
    /// For the person in front of the client; also sent as `message`.
    public var detail: String
    public var fields: [Field]
    /// Sent with the response, for example `Retry-After`.
    public var headers: [(name: String, value: String)]
    private var members: [(name: String, json: String)] = []

    /// - Parameter detail: the title when it is empty.
    public init(
        _ status: Int, _ detail: String = "", fields: [Field] = [], headers: [(name: String, value: String)] = []
    ) {
        (self.status, self.fields, self.headers) = (status, fields, headers)
        title = ReasonPhrase.of(status)
        self.detail = detail.isEmpty ? title : detail
    }

    /// Adds a member of its own to the document.
    public func with(_ name: String, _ value: String) -> Problem { adding(name, JSONText.quoted(value)) }
    public func with(_ name: String, _ value: Int) -> Problem { adding(name, String(value)) }

    private func adding(_ name: String, _ json: String) -> Problem {
        var problem = self
        problem.members.append((name, json))
        return problem
    }

    func response(path: String, at time: Timestamp = .now()) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: [("Content-Type", "application/problem+json")] + headers,
            body: Data(json(path: path, at: time).utf8))
    }

    private func json(path: String, at time: Timestamp) -> String {
        let quoted = JSONText.quoted
        var text = #"{"type":\#(quoted(type)),"title":\#(quoted(title)),"status":\#(status)"#
        text += #","detail":\#(quoted(detail)),"timestamp":"\#(time.rfc3339.dropLast())+00:00""#
        text += #","error":\#(quoted(ReasonPhrase.of(status))),"message":\#(quoted(detail)),"path":\#(quoted(path))"#
        if !fields.isEmpty { text += #","errors":[\#(fields.map(\.json).joined(separator: ","))]"# }
        for member in members { text += ",\(quoted(member.name)):\(member.json)" }
        return text + "}"
    }
}

extension Problem.Field {
    fileprivate var json: String {
        let rejected = rejectedValue.map { #","rejectedValue":\#(JSONText.quoted($0))"# } ?? ""
        return #"{"field":\#(JSONText.quoted(field)),"message":\#(JSONText.quoted(message))\#(rejected)}"#
    }
}
