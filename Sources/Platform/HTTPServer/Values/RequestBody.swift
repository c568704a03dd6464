import Foundation
import JSONCoding

extension HTTPRequest {
    /// Decodes the body as JSON.
    ///
    /// - Throws: ``UnsupportedMediaType`` (415); ``BadRequest`` (400) when the body is empty, not UTF-8, not JSON or
    ///   nested deeper than 32; ``InvalidFields`` (422), with the member's name, when JSON is fine but not a `Value`.
    public func decode<Value: Decodable>(_: Value.Type = Value.self) throws -> Value {
        guard !body.isEmpty else { throw BadRequest("The body is empty") }
        guard MediaType.isJSON(headers["Content-Type"] ?? ""), headers["Content-Encoding"] ?? "identity" == "identity"
        else { throw UnsupportedMediaType() }
        do { return try JSONCoder.decode(from: body) } catch let error as JSONSyntaxError {
            throw error.failure
        } catch let error as DecodingError {
            throw error.failure
        }
    }
}

extension JSONSyntaxError {
    fileprivate var failure: BadRequest {
        switch self {
        case .notUTF8: BadRequest("The body is not UTF-8 text")
        case .tooDeep: BadRequest("The body is nested deeper than \(JSONCoder.maximumDepth)")
        case .unexpected(let place): BadRequest("The body is not JSON: byte \(place) does not fit")
        }
    }
}

extension DecodingError {
    fileprivate var failure: any HTTPFailure {
        switch self {
        case .keyNotFound(let key, let context):
            Self.invalid(context.codingPath + [key], "is missing")
        case .valueNotFound(_, let context):
            Self.invalid(context.codingPath, "must not be null")
        case .typeMismatch(let type, let context):
            Self.invalid(context.codingPath, "must be \(Self.name(of: type))")
        case .dataCorrupted(let context): Self.invalid(context.codingPath, context.debugDescription)
        @unknown default: Self.invalid([], "cannot be read")
        }
    }

    private static func invalid(_ path: [any CodingKey], _ message: String) -> InvalidFields {
        let name = path.reduce("") { name, key in
            if let index = key.intValue { return name + "[\(index)]" }
            return name.isEmpty ? key.stringValue : name + "." + key.stringValue
        }
        return InvalidFields([.init(name.isEmpty ? "$" : name, message)])
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type, is any BinaryFloatingPoint.Type: "a number"
        case is any ExpressibleByArrayLiteral.Type: "a list"
        default: "an object"
        }
    }
}
