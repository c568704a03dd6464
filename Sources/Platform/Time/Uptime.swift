import Foundation

/// The time since this machine was started: no change of the date moves it, and it goes on while processes restart.
public struct Uptime: Sendable {
    /// Names the start that ``now`` counts from; times of different starts have nothing to do with one another.
    public let boot: String
    /// The machine's sleep counts.
    public let now: @Sendable () -> Duration

    /// Tests make their own.
    public init(boot: String, now: @escaping @Sendable () -> Duration) { (self.boot, self.now) = (boot, now) }

    /// CLOCK_BOOTTIME of clock_gettime(2) and boot_id of random(4).
    public static let system = Uptime(boot: bootId) {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// The date, where several machines share the waits and so have no other time in common: a date that is set moves them.
    public static let date = Uptime(boot: "date") { .milliseconds(Timestamp.now().milliseconds) }

    /// Where the kernel does not tell, every process counts as a start of its own.
    private static var bootId: String {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? UUID().uuidString
    }
}
