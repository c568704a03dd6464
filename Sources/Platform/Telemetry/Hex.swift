/// Hexadecimal digits as ids and hashes have them.
public enum Hex {
    /// 16 lower-case digits, with leading zeros.
    public static func digits(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
