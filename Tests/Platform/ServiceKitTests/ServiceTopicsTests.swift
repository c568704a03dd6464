import Synchronization
import Telemetry
import Testing

@testable import ServiceKit

@Suite(.timeLimit(.minutes(5))) struct ServiceTopicsTests {
    private struct Refused: Error {}
    private let health = Health()

    @Test("Nothing waits for a dead-letter topic that may not be created, and the stop ends it")
    func refused() async {
        let topics = ServiceTopics(
            create: { if $0 == "error.t.porter" { throw Refused() } }, health: health, log: .silent
        ).start(shared: "t", deadLetters: "error.t.porter")
        await topics.shared.value
        health.enter(.stopping)
        await topics.deadLetters.value
    }

    @Test("A topic that cannot be made is asked for again until it is there, and the reason is told once")
    func again() async {
        let tries = Mutex(0)
        let lines = Mutex<[String]>([])
        let topics = ServiceTopics(
            create: { topic in
                let isEarly =
                    topic == "t"
                    && tries.withLock { tries in
                        tries += 1
                        return tries < 3
                    }
                if isEarly { throw Refused() }
            }, health: health, log: Log(service: "porter", format: .json) { line in lines.withLock { $0.append(line) } }
        ).start(shared: "t", deadLetters: "error.t.porter")
        await topics.deadLetters.value
        await topics.shared.value
        #expect(tries.withLock { $0 } == 3)
        #expect(lines.withLock { $0 }.count == 1)
        #expect(lines.withLock { $0 }.first?.contains(#""topic":"t""#) == true)
    }

    @Test("A stop ends the wait for the shared topic, also when events were lost before")
    func stopped() async {
        let topics = ServiceTopics(create: { _ in throw Refused() }, health: health, log: .silent)
            .start(shared: "t", deadLetters: "error.t.porter")
        health.enter(.running)
        health.eventsAreLost("some are gone")
        health.enter(.stopping)
        await topics.shared.value
        await topics.deadLetters.value
    }
}
