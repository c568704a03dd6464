import Foundation
import HTTPClient
import Testing

/// Hosts that have names: libcurl looks them up on threads of its own, which talk to it through sockets.
@Suite(.timeLimit(.minutes(5))) struct HTTPClientNameTests {
    @Test("A socket that gets the number of one that a look-up has closed is watched like any other")
    func reusedNumbers() async throws {
        var configuration = HTTPClient.Configuration()
        // Longer than the test may last: a socket that is not watched fails its call instead of delaying it.
        configuration.connectTimeout = .seconds(20)
        configuration.timeout = .seconds(10)
        let client = try HTTPClient(configuration)
        let server = ScriptedServer { connection in
            if connection.readRequest() != nil { connection.write(response("200 OK", ["Connection: close"])) }
        }
        // A label of more than 63 bytes (RFC 1035): the look-up fails at once, without asking anybody.
        let nowhere = "http://" + String(repeating: "a", count: 64) + ".invalid/"
        for _ in 0..<20 {
            try await withThrowingTaskGroup { group in
                for number in 0..<16 {
                    group.addTask {
                        if number % 2 == 0 {
                            let error = await #expect(throws: HTTPClientError.self) {
                                try await client.send(ClientRequest(.get, nowhere))
                            }
                            #expect(error?.code == .cannotConnect)
                        } else {
                            let answer = try await client.send(ClientRequest(.get, server.url))
                            #expect(answer.status == 200)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        server.stop()
    }
}
