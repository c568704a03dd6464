import Foundation
import HTTPClient

/// Asks a service that runs on this machine whether it is ready: for containers, which have nothing else to ask with.
enum HealthCheck {
    struct NotReady: Error, CustomStringConvertible { var description: String }

    /// - Throws: ``NotReady``, also when nobody answers within 2 s.
    static func ask(_ settings: ServiceSettings) async throws {
        let host = settings.host == "0.0.0.0" ? "127.0.0.1" : settings.host
        let url = "http://\(host):\(settings.port)/actuator/health/readiness"
        var configuration = HTTPClient.Configuration()
        configuration.timeout = .seconds(2)
        let client = try HTTPClient(configuration)
        let answer: ClientResponse
        do { answer = try await client.send(ClientRequest(.get, url)) } catch {
            throw NotReady(description: "\(url) does not answer: \(error)")
        }
        client.close()
        guard answer.status == 200 else { throw NotReady(description: "\(url) answers \(answer.status)") }
    }
}
