extension Timestamp: CustomStringConvertible {
    public var description: String { rfc3339 }

    /// For example `2026-11-21T10:03:49.120Z`. The date arithmetic is Howard Hinnant's `civil_from_days`
    /// (https://howardhinnant.github.io/date_algorithms.html); a formatter object per line would cost 50 times as much.
    public var rfc3339: String {
        let (days, inDay) = milliseconds.quotientFloor(86_400_000)
        let (era, dayOfEra) = (days + 719_468).quotientFloor(146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let (hour, minute) = (inDay / 3_600_000, inDay / 60_000 % 60)
        let (second, millisecond) = (inDay / 1000 % 60, inDay % 1000)
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(pad(hour, 2)):\(pad(minute, 2)):"
            + "\(pad(second, 2)).\(pad(millisecond, 3))Z"
    }

    /// Accepts RFC 3339 with `Z` or an offset, with or without fractions; what is finer than a millisecond is cut off.
    /// - Returns: `nil` when `text` is not such a time. Foundation would read 31 November as 1 December, and would not
    ///   mind what follows the time.
    public init?(rfc3339 text: String) {
        var reader = RFC3339Reader(text)
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
            let day = reader.number(2), reader.skip("T"), let hour = reader.number(2), reader.skip(":"),
            let minute = reader.number(2), reader.skip(":"), let second = reader.number(2),
            let millisecond = reader.milliseconds(), let offset = reader.offset(), reader.isAtEnd
        else { return nil }
        let seconds = Self.days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
        // A month, day or hour that does not exist reads back as another one.
        guard Timestamp(milliseconds: seconds * 1000).rfc3339.prefix(19) == text.prefix(19) else { return nil }
        self.init(milliseconds: seconds * 1000 + millisecond - offset * 60_000)
    }

    /// Days since 1970-01-01: Howard Hinnant's `days_from_civil`.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).quotientFloor(400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private func pad(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Int {
    fileprivate func quotientFloor(_ divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
