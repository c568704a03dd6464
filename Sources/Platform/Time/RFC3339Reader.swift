/// Takes an RFC 3339 time apart, from left to right.
struct RFC3339Reader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    /// - Returns: `nil` when the next `count` bytes are not all ASCII digits.
    mutating func number(_ count: Int) -> Int? {
        var number: Int = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    mutating func skip(_ separator: Unicode.Scalar) -> Bool {
        guard let first = rest.first, first == UInt8(ascii: separator) else { return false }
        rest.removeFirst()
        return true
    }

    /// The fraction, if there is one.
    mutating func milliseconds() -> Int? {
        guard skip(".") else { return 0 }
        guard let first = digit() else { return nil }
        let (second, third) = (digit() ?? 0, digit() ?? 0)
        while digit() != nil {}
        return first * 100 + second * 10 + third
    }

    /// `Z` or `+09:00`, in minutes.
    mutating func offset() -> Int? {
        if skip("Z") { return 0 }
        let sign: Int = skip("-") ? -1 : 1
        guard sign < 0 || skip("+") else { return nil }
        guard let hours = number(2), hours < 24, skip(":"), let minutes = number(2), minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }

    private mutating func digit() -> Int? {
        guard let first = rest.first, (0x30...0x39).contains(first) else { return nil }
        rest.removeFirst()
        return Int(first - 0x30)
    }
}
