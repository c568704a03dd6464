import Telemetry
import Testing

@testable import ServiceKit

@Suite(.timeLimit(.minutes(1))) struct ServiceTopicsTests {
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
