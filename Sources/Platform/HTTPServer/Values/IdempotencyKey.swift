import Foundation
import Telemetry

extension HTTPRequest {
    /// The header `Idempotency-Key`, quoted or bare; `nil` when there is none.
    /// Source: https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-06
    ///
    /// - Throws: ``BadRequest`` unless it is one key of 1 to 255 visible ASCII characters.
    public func idempotencyKey() throws(BadRequest) -> String? {
        let values = headers.all("Idempotency-Key")
        guard let value = values.first else { return nil }
        var key = value[...].trimmingSpaces
        if key.count >= 2, key.first == "\"", key.last == "\"" { key = key.dropFirst().dropLast() }
        guard values.count == 1, (1...255).contains(key.utf8.count),
            key.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") })
        else {
            throw BadRequest(
                "Idempotency-Key must be 1 to 255 visible characters",
                fields: [.init("Idempotency-Key", "must be 1 to 255 visible characters")])
        }
        return String(key)
    }

    /// Tells whether a second request with the same key is the same request: a hash of method, path and body, equal in
    /// every process and after every restart. 32 hex digits.
    public var fingerprint: String { Fingerprint.of([Data(method.utf8), Data(path.utf8), body]) }
}

/// FNV-1a with 128 bits (http://www.isthe.com/chongo/tech/comp/fnv/). Not a defence against a client that wants two of
/// its own requests to look alike.
enum Fingerprint {
    static func of(_ parts: [Data]) -> String {
        let prime: UInt128 = 0x1000000000000000000013B
        var hash: UInt128 = 0x6c62272e07bb014262b821756295c58d
        for (index, part) in parts.enumerated() {
            // A byte that is in no method or path, so that the parts cannot be shifted against each other.
            if index > 0 { hash = hash &* prime }
            part.withUnsafeBytes { bytes in
                for byte in bytes { hash = (hash ^ UInt128(byte)) &* prime }
            }
        }
        return Hex.digits(UInt64(truncatingIfNeeded: hash >> 64)) + Hex.digits(UInt64(truncatingIfNeeded: hash))
    }
}
