import Foundation
import HTTPServer
import Kafka
import Messaging
import Persistence
import StopSignals
import Telemetry

/// The version that `--version` and `/actuator/info` tell.
enum Version { static let current = "0.2.0" }

extension Service {
    /// The whole of a service's `main.swift`: reads arguments and environment, and runs until SIGTERM.
    ///
    /// Exit status: 0 after a stop, at whatever point; 64 for wrong arguments; 78 for a setting it cannot use; 1 when it cannot
    /// start. The reason is one line on stderr.
    public static func main(
        _ arguments: [String] = Array(CommandLine.arguments.dropFirst()), environment: ServiceEnvironment = .process()
    ) async -> Never {
        switch arguments.first {
        case nil: break
        case "--help", "-h": print(help); exit(0)
        case "--version": print("\(name) \(Version.current)"); exit(0)
        case "--health": await checkHealth(environment)
        case "--rebuild" where arguments.count == 2: break
        case "--rebuild": end(64, "--rebuild needs the name of a view: \(viewNames)")
        case let argument?: end(64, "unknown argument \(argument), see --help")
        }
        do {
            let runner = try ServiceRunner<Self>(environment)
            if let view = arguments.last {
                try await runner.rebuild(view)
            } else {
                let termination = TerminationSignal(after: try StopSignals().wait)
                termination.whenOverdue(after: stopLimit) {
                    runner.log.error(
                        "The stop takes too long and is cut short; what is not published waits in the outbox")
                    _exit(0)
                }
                try await runner.run(until: termination)
            }
            exit(0)
        } catch let error as NoSuchView {
            end(64, error.description)
        } catch let error as ServiceEnvironment.Invalid {
            end(78, error.description)
        } catch {
            end(1, "\(error)")
        }
    }

    private static func checkHealth(_ environment: ServiceEnvironment) async -> Never {
        do {
            try await HealthCheck.ask(
                try ServiceSettings(environment, name: name, defaultPort: defaultPort, defaultTopic: topic))
            exit(0)
        } catch let error as ServiceEnvironment.Invalid { end(78, error.description) } catch { end(1, "\(error)") }
    }

    /// From the signal on.
    private static var stopLimit: Duration { .seconds(9) }

    private static func end(_ status: Int32, _ line: String) -> Never {
        FileHandle.standardError.write(Data("\(name): \(line)\n".utf8))
        exit(status)
    }

    static var viewNames: String { views.isEmpty ? "none" : views.map(\.name).joined(separator: ", ") }

    static var help: String {
        let all: [any AnySetting] = ServiceSettings.all(defaultPort: defaultPort, defaultTopic: topic) + settings
        let width = all.map(\.name.count).max() ?? 0
        let lines = all.map { setting in
            let secret = setting.isSecret ? "; or \(setting.nameOfFile), a file that has it" : ""
            let name = setting.name.padding(toLength: width, withPad: " ", startingAt: 0)
            let allowed = setting.allowed.map { "; \($0)" } ?? ""
            return "  \(name)  \(setting.help)\(allowed)\(secret)"
                + (setting.fallback.isEmpty ? "" : " [\(setting.fallback)]")
        }
        return """
            Usage: \(name) [--help] [--version] [--health] [--rebuild VIEW]

            Runs the \(name) service until SIGTERM. With --health it asks the one that runs on this machine, on PORT, and ends
            with 0 when that is ready. With --rebuild it drops a view while the service is stopped; its next start makes the
            view anew from what the topic holds. Its views: \(viewNames).
            It is configured through the environment:

            \(lines.joined(separator: "\n"))
            """
    }
}
