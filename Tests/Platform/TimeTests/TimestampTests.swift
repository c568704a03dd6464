import Foundation
import Testing

@testable import Time

@Suite struct TimestampTests {
    static let pairs: [(Int, String)] = [
        (0, "1970-01-01T00:00:00.000Z"), (1_700_000_000_123, "2023-11-14T22:13:20.123Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
        (1_709_251_199_999, "2024-02-29T23:59:59.999Z"), (1_709_251_200_000, "2024-03-01T00:00:00.000Z"),
        (1_677_628_799_000, "2023-02-28T23:59:59.000Z"), (1_677_628_800_000, "2023-03-01T00:00:00.000Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        (1_735_689_599_999, "2024-12-31T23:59:59.999Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (-86_400_000, "1969-12-31T00:00:00.000Z"), (-2_208_988_800_000, "1900-01-01T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
    ]

    @Test("A time is written as RFC 3339 in UTC, with milliseconds", arguments: pairs)
    func written(time: Int, text: String) { #expect(Timestamp(milliseconds: time).rfc3339 == text) }

    @Test("A time that was written is read back", arguments: pairs)
    func read(time: Int, text: String) { #expect(Timestamp(rfc3339: text)?.milliseconds == time) }

    @Test("Days of four centuries is written and read back")
    func everyDay() {
        let times = stride(from: -2_208_988_800_000, to: 12_700_000_000_000, by: 9 * 86_400_000 + 1)
        let wrong = times.filter { Timestamp(rfc3339: Timestamp(milliseconds: $0).rfc3339)?.milliseconds != $0 }
        #expect(wrong == [])
    }

    @Test(
        "A time with an offset is the same moment in UTC",
        arguments: [
            ("2026-11-21T19:03:49+09:00", "2026-11-21T10:03:49.000Z"),
            ("2026-11-21T19:03:49.120+09:00", "2026-11-21T10:03:49.120Z"),
            ("2027-01-01T08:59:59+09:00", "2026-12-31T23:59:59.000Z"),
            ("2026-11-21T06:33:49-03:30", "2026-11-21T10:03:49.000Z"),
            ("2026-11-21T10:03:49+00:00", "2026-11-21T10:03:49.000Z"),
            ("2026-11-21T10:03:49Z", "2026-11-21T10:03:49.000Z"),
            ("2026-11-21T10:03:49.1Z", "2026-11-21T10:03:49.100Z"),
            ("2026-11-21T10:03:49.1239Z", "2026-11-21T10:03:49.123Z"),
        ])
    func offset(text: String, expected: String) { #expect(Timestamp(rfc3339: text)?.rfc3339 == expected) }

    @Test(
        "What is no RFC 3339 time is refused",
        arguments: [
            "", "now", "2026-11-21", "10:03:49Z", "2026-11-21T10:03:49", "2026-11-21 10:03", "1700000000",
            "2026-13-01T00:00:00Z", "2026-11-31T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-21T25:00:00Z",
            "2026-11-21T10:61:00Z", "2026-11-21T10:03:49Z and more", "2026-11-21T10:03:49+9", "2026-11-21T10:03:49.Z",
            "2026-11-21T10:03:49+24:00", "2026-00-10T10:03:49Z", "2026-11-00T10:03:49Z", "٢٠٢٦-11-21T10:03:49Z",
        ])
    func refused(text: String) { #expect(Timestamp(rfc3339: text) == nil) }

    @Test("A sum beyond the end of time stays there, whichever way it goes")
    func endOfTime() {
        let last = Timestamp(milliseconds: .max)
        #expect(last + .seconds(1) == last)
        #expect(Timestamp(milliseconds: .min) - .seconds(1) == Timestamp(milliseconds: .min))
        #expect(last - .seconds(1) + .milliseconds(1_000) == last)
        #expect(Timestamp(milliseconds: 1) - .seconds(Int64.min) == last)
        #expect(Duration.seconds(Int64.max).milliseconds == .max)
        #expect((Duration.zero - .seconds(Int64.max)).milliseconds == .min)
    }

    @Test("Now is the time of the system's clock")
    func now() { #expect(abs(Double(Timestamp.now().milliseconds) / 1000 - Date().timeIntervalSince1970) < 60) }
}
