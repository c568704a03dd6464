import Foundation

/// Bounds what a JSON coder is given: the coder recurses, so nesting is a claim on the stack.
enum JSONGuard {
    static let maximumDepth = 32

    /// - Throws: ``BadRequest`` when the bytes are not UTF-8 or brackets nest deeper than ``maximumDepth``.
    static func check(_ data: Data) throws(BadRequest) {
        let (isText, depth) = data.withUnsafeBytes { bytes in (Self.isText(bytes), Self.depth(of: bytes)) }
        guard isText else { throw BadRequest("The body is not UTF-8 text") }
        guard depth <= maximumDepth else { throw BadRequest("The body is nested deeper than \(maximumDepth)") }
    }

    private static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.withMemoryRebound(to: UInt8.self) { bytes in
            do {
                _ = try UTF8Span(validating: Span(_unsafeElements: bytes))
                return true
            } catch {
                return false
            }
        }
    }

    /// The deepest nesting of brackets outside string literals.
    private static func depth(of bytes: UnsafeRawBufferPointer) -> Int {
        var (depth, deepest, inText, escaped) = (0, 0, false, false)
        for byte in bytes {
            if inText {
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): inText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                deepest = max(deepest, depth)
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
        }
        return deepest
    }
}
