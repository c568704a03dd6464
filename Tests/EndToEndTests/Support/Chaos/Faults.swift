import Foundation
import Synchronization

/// A program that faults happen to.
protocol Victim: Sendable {
    var name: String { get }
    /// Seconds between the end of one fault and the next.
    var calm: ClosedRange<Double> { get }
    /// How many of its faults are kills, 0 to 1; the others are pauses.
    var kills: Double { get }
    func start() async throws
    /// SIGKILL.
    /// - Returns: how the program had ended by itself before; `nil` when it ran.
    func kill() async -> String?
    /// Ends it in order.
    /// - Returns: what was wrong with that; `nil` when it ended as it should.
    func end() async -> String?
    /// SIGSTOP.
    func pause() async
    /// SIGCONT.
    func resume() async
}

extension Victim {
    /// - Returns: what `work` throws, as a text.
    func failure(of work: () async throws -> Void) async -> String? {
        do { try await work() } catch { return "\(error)" }
        return nil
    }
}

/// Kills, restarts and pauses programs at random, each independently of the others, so that faults overlap.
final class Faults: Sendable {
    /// Seconds that a program stands still.
    private static let pauses = 0.5...8.0
    /// Seconds until a killed program is started again, when it is not started at once.
    private static let absences = 0.1...5.0
    /// How many of the faults that are no kills are restarts in order; the others are pauses.
    private static let restarts = 0.3

    private let seed: UInt64
    private let begin = ContinuousClock.now
    private let lines: Mutex<[String]> = Mutex([])
    private let broken = Mutex(Differences())

    init(seed: UInt64) { self.seed = seed }

    /// What happened when, one line per fault.
    var timeline: [String] { lines.withLock { $0 } }
    /// Programs that ended although nobody killed them.
    var differences: Differences { broken.withLock { $0 } }

    /// Returns when time is up and every program was started, or goes on, again.
    func run(on victims: [any Victim], for duration: Duration) async {
        let end = begin + duration
        await withTaskGroup { group in
            for victim in victims { group.addTask { await self.torment(victim, until: end) } }
        }
    }

    private func torment(_ victim: any Victim, until end: ContinuousClock.Instant) async {
        var chance = Chance(seed: seed, for: victim.name)
        while true {
            let next = ContinuousClock.now + chance.seconds(victim.calm)
            await pause(for: min(next, end) - .now)
            if next >= end { return }
            if chance.happens(victim.kills) {
                await kill(victim, &chance)
            } else if chance.happens(Self.restarts) {
                await restart(victim)
            } else {
                await stall(victim, &chance)
            }
        }
    }

    private func kill(_ victim: any Victim, _ chance: inout Chance) async {
        let absence = chance.happens(0.4) ? .zero : chance.seconds(Self.absences)
        note("\(victim.name) is killed, for \(text(absence))")
        if let end = await victim.kill() {
            broken.withLock { $0.add("a program ended by itself", "\(victim.name), \(end)") }
        }
        await pause(for: absence)
        await start(victim)
    }

    /// As an upgrade does it.
    private func restart(_ victim: any Victim) async {
        note("\(victim.name) is started anew")
        if let end = await victim.end() {
            broken.withLock { $0.add("a program did not end in order", "\(victim.name), \(end)") }
        }
        await start(victim)
    }

    private func start(_ victim: any Victim) async {
        do { try await victim.start() } catch {
            broken.withLock { $0.add("a program could not be started again", "\(victim.name), \(error)") }
        }
    }

    private func stall(_ victim: any Victim, _ chance: inout Chance) async {
        let length = chance.seconds(Self.pauses)
        note("\(victim.name) stands still for \(text(length))")
        await victim.pause()
        await pause(for: length)
        await victim.resume()
    }

    private func note(_ event: String) {
        lines.withLock { $0.append("\(text(ContinuousClock.now - begin)): \(event)") }
    }

    private func text(_ duration: Duration) -> String { String(format: "%.1f s", duration / .seconds(1)) }
}
