import CCrypto
public import Foundation

/// HMAC with SHA-256 (RFC 2104, FIPS 180-4): proves that a message comes from somebody who has the key.
public enum HMACSHA256 {
    /// Bytes.
    public static let size = 32

    /// - Parameter key: of any length.
    /// - Throws: ``SigningError`` when libcrypto has no memory or may not use this digest.
    public static func sign(_ message: Data, key: Data) throws(SigningError) -> Data {
        guard let keyLength = Int32(exactly: key.count) else { throw SigningError(description: "the key is too long") }
        var code = [UInt8](repeating: 0, count: size)
        var length: UInt32 = 0
        let isDone = key.withUnsafeBytes { key in
            message.withUnsafeBytes { message in
                // The one-shot form keeps nothing (https://docs.openssl.org/3.0/man3/HMAC/); an empty key may be NULL.
                HMAC(
                    EVP_sha256(), key.baseAddress, keyLength,
                    message.baseAddress?.assumingMemoryBound(to: UInt8.self), message.count, &code, &length) != nil
            }
        }
        guard isDone, Int(length) == size else { throw SigningError(description: "libcrypto made no HMAC") }
        return Data(code)
    }
}

/// Why there is no signature. Says nothing of key or message.
public struct SigningError: Error, Equatable, CustomStringConvertible {
    public var description: String
}
