import Testing

@testable import Messaging

@Suite(.timeLimit(.minutes(5))) struct SignalTests {
    @Test("A signal that came before is not lost")
    func before() async {
        let signal = Signal()
        signal.signal()
        await signal.wait()
    }

    @Test("A waiting task is woken")
    func waiting() async {
        let signal = Signal()
        let waiting = Task { await signal.wait() }
        signal.signal()
        await waiting.value
    }

    @Test("A cancelled task does not wait")
    func cancelled() async {
        let signal = Signal()
        let waiting = Task { await signal.wait() }
        waiting.cancel()
        await waiting.value
    }

    @Test("No signal is lost, however the two sides meet")
    func race() async {
        let (there, back) = (Signal(), Signal())
        let echo = Task {
            for _ in 0..<5_000 {
                await there.wait()
                back.signal()
            }
        }
        for _ in 0..<5_000 {
            there.signal()
            await back.wait()
        }
        await echo.value
    }
}
