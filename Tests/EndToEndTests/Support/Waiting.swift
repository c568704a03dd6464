import Dispatch
import Testing

/// What was waited for can never come.
struct GiveUp: Error, CustomStringConvertible { var description: String }

/// Waits until `condition` holds; records an issue and goes on when it takes too long, or when it throws ``GiveUp``.
func eventually(
    _ what: String, within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async {
    let deadline = ContinuousClock.now + limit
    var last = "it never became true"
    while ContinuousClock.now < deadline {
        do {
            if try await condition() { return }
        } catch let hopeless as GiveUp {
            Issue.record("\(what): \(hopeless)", sourceLocation: sourceLocation)
            return
        } catch { last = "\(error)" }
        await pause()
    }
    Issue.record("\(what): not within \(limit), \(last)", sourceLocation: sourceLocation)
}

/// Lets time pass between two looks at a condition, or between what people and faults do. No test waits in this way for
/// something to happen.
func pause(for duration: Duration = .milliseconds(20)) async {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().asyncAfter(deadline: .now() + duration / .seconds(1)) { continuation.resume() }
    }
}
