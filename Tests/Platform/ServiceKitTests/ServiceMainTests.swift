import Foundation
import StopSignals
import Testing

@testable import ServiceKit

/// How a service's process ends, and what it says then.
@Suite(.timeLimit(.minutes(5))) struct ServiceMainTests {
    private func output(_ result: ExitTest.Result?) -> String {
        String(decoding: (result?.standardOutputContent ?? []) + (result?.standardErrorContent ?? []), as: UTF8.self)
    }

    @Test("--help explains everything and ends with 0")
    func help() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            await Porter.main(["--help"])
        }
        #expect(output(result).contains("Usage: porter [--help] [--version] [--health] [--rebuild VIEW]"))
    }

    @Test("--health ends with 1 and a reason when nobody is ready there")
    func health() async {
        let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
            await Porter.main(["--health"], environment: .init(["PORT": "1"]))
        }
        #expect(output(result).contains("porter: http://127.0.0.1:1/actuator/health/readiness does not answer"))
    }

    @Test("--version tells the service and its version")
    func version() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            await Porter.main(["--version"])
        }
        #expect(output(result).contains("porter \(Version.current)\n"))
    }

    @Test("An argument that it does not know, or --rebuild without a view, ends it with 64")
    func arguments() async {
        let result = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
            await Porter.main(["--now"])
        }
        #expect(output(result).contains("porter: unknown argument --now, see --help\n"))
        let rebuild = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
            await Porter.main(["--rebuild"])
        }
        #expect(output(rebuild).contains("porter: --rebuild needs the name of a view: porter.welcomes\n"))
    }

    @Test("A view that it does not have ends it with 64 and the names of those that it has")
    func noView() async {
        let result = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
            await Porter.main(["--rebuild", "porter.nothing"], environment: .init([:]))
        }
        #expect(output(result).contains("porter: there is no view porter.nothing; there is: porter.welcomes\n"))
    }

    @Test("A setting that cannot be used, one of its own as well, ends it with 78 and the name of the variable")
    func setting() async {
        let result = await #expect(processExitsWith: .exitCode(78), observing: [\.standardErrorContent]) {
            await Porter.main([], environment: .init(["PORT": "many"]))
        }
        #expect(output(result).contains("porter: PORT is 'many' but must be "))
        let own = await #expect(processExitsWith: .exitCode(78), observing: [\.standardErrorContent]) {
            await Porter.main([], environment: .init(["PORTER_PATIENCE": "10", "DATABASE_URL": "sqlite::memory:"]))
        }
        #expect(output(own).contains("porter: PORTER_PATIENCE is '10' but must be "))
    }

    @Test("What it cannot start without ends it with 1 and the reason")
    func cannotStart() async {
        let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
            struct NoKeys: Error, CustomStringConvertible { var description: String { "the keys are gone" } }
            await Porter.main { throw NoKeys() }
        }
        #expect(output(result).contains("porter: the keys are gone\n"))
    }

    @Test("A signal while it prepares ends it with 0", arguments: [SIGTERM, SIGINT])
    func signal(number: Int32) async {
        await #expect(processExitsWith: .success) { [number = number as Int32] in
            await Porter.main {
                kill(getpid(), number)
                try StopSignals().wait()
            }
        }
    }
}

extension Porter {
    /// Starts without arguments, and does that while it prepares.
    fileprivate static func main(preparing: @escaping @Sendable () async throws -> Void) async {
        let values = ["PORT": "0", "DATABASE_URL": "sqlite::memory:", "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"]
        await $preparing.withValue(preparing) { () async -> Void in
            await main([], environment: .init(values))
        }
    }
}
