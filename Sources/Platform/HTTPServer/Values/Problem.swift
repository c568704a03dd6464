import JSONCoding
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
    private var members: [@Sendable (JSONObject) -> Void] = []

    /// - Parameter detail: the title when it is empty.
    public init(
        _ status: Int, _ detail: String = "", fields: [Field] = [], headers: [(name: String, value: String)] = []
    ) {
        (self.status, self.fields, self.headers) = (status, fields, headers)
        title = ReasonPhrase.of(status)
        self.detail = detail.isEmpty ? title : detail
    }

    /// Adds a member of its own to the document.
    public func with(_ name: String, _ value: String) -> Problem { adding { $0.add(name, value) } }
    public func with(_ name: String, _ value: Int) -> Problem { adding { $0.add(name, value) } }

    private func adding(_ member: @escaping @Sendable (JSONObject) -> Void) -> Problem {
        var problem = self
        problem.members.append(member)
        return problem
    }

    func response(path: String, at time: Timestamp = .now()) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: [("Content-Type", "application/problem+json")] + headers,
            body: JSONObject.text { write(to: $0, path: path, at: time) })
    }

    private func write(to json: JSONObject, path: String, at time: Timestamp) {
        json.add("type", type)
        json.add("title", title)
        json.add("status", status)
        json.add("detail", detail)
        json.add("timestamp", time.rfc3339.dropLast() + "+00:00")
        json.add("error", ReasonPhrase.of(status))
        json.add("message", detail)
        json.add("path", path)
        if !fields.isEmpty { json.add("errors", for: fields) { $1.write(to: $0) } }
        for member in members { member(json) }
    }
}

extension Problem.Field {
    fileprivate func write(to json: JSONObject) {
        json.add("field", field)
        json.add("message", message)
        if let rejectedValue { json.add("rejectedValue", rejectedValue) }
    }
}
