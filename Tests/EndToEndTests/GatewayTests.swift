import Checkout
import Foundation
import HTTPClient
import RawHTTP
import Testing

extension EndToEndTests {
    /// One address for all services, and what it does with those who cannot speak HTTP.
    @Suite(.serialized) struct GatewayTests {
        @Test("Whatever comes over the wire has one answer, and every refusal is a problem document")
        func corpus() async throws {
            try await withGateway { system, gateway in
                for (name, port) in [("gateway", gateway.port), ("order", system.port(.order))] {
                    for request in MalformedRequest.all {
                        let answers = try await WireAnswers.to(request, at: UInt16(port))
                        #expect(answers.complaints(about: request) == [], "\(name): \(request)")
                    }
                }
                #expect(try await system.get(.order, "orders").status == 200)
            }
        }

        @Test("The gateway's root leads to every resource of every service, under the address the client used")
        func index() async throws {
            try await withGateway { _, gateway in
                let client = try HTTPClient(HTTPClient.Configuration())
                defer { client.close() }
                let root = "http://127.0.0.1:\(gateway.port)/"
                let answer = try await client.send(ClientRequest(.get, root))
                #expect(answer.status == 200)
                #expect(answer.headers["Content-Type"] == "application/hal+json")
                let links = try #require(answer.json["_links"] as? [String: [String: Any]])
                #expect(Set(links.keys) == Set(ListedService.all.flatMap(\.resources) + ["self"]))
                for (name, link) in links {
                    let href = try #require(link["href"] as? String)
                    #expect(href.hasPrefix(root), "\(name)")
                    let plain = href.replacing("{?page,size,sort}", with: "")
                    #expect(try await client.send(ClientRequest(.get, plain)).status == 200, "\(name)")
                }
                let other = try await client.send(ClientRequest(.get, root, headers: [("Host", "food.example:8443")]))
                #expect(String(decoding: other.body, as: UTF8.self).contains(#""http://food.example:8443/orders{"#))
                let refused = try await client.send(ClientRequest(.post, root, body: Data("{}".utf8)))
                #expect(refused.status == 405)
                #expect(refused.headers["Allow"] == "GET, HEAD")
            }
        }

        private func withGateway(_ body: (FoodSystem, Gateway) async throws -> Void) async throws {
            let system = try await FoodSystem.start()
            let gateway = try await Gateway(before: system)
            do { try await body(system, gateway) } catch { Issue.record(error) }
            await gateway.stop()
            await system.stop()
        }
    }
}
