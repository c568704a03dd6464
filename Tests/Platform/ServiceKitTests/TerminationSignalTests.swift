import Dispatch
import Testing

@testable import ServiceKit

@Suite(.timeLimit(.minutes(5))) struct TerminationSignalTests {
    private let request = DispatchSemaphore(value: 0)
    private let signal: TerminationSignal

    init() {
        let request = request
        signal = TerminationSignal { request.wait() }
    }

    @Test("Everybody who waits is told, and so is who asks later")
    func told() async throws {
        let waiting = (0..<3).map { _ in Task { await signal.wait() } }
        #expect(!signal.hasCome)
        #expect(throws: Never.self) { try signal.check() }
        request.signal()
        for task in waiting { await task.value }
        await signal.wait()
        #expect(signal.hasCome)
        #expect(throws: TerminationSignal.Received.self) { try signal.check() }
    }

    @Test("Who is overdue is told once, also when that is set after the signal", arguments: [false, true])
    func overdue(isLate: Bool) async {
        if isLate {
            request.signal()
            await signal.wait()
        }
        await confirmation { told in
            await withCheckedContinuation { continuation in
                signal.whenOverdue(after: .zero) {
                    told()
                    continuation.resume()
                }
                request.signal()
            }
        }
    }
}
