import Foundation
import HTTPClient
import Testing

extension EndToEndTests {
    /// Bodies of a megabyte that are made to cost as much as they can.
    @Suite(.serialized) struct HostileBodyTests {
        struct Hostile: Sendable {
            var what: String
            var service = FoodSystem.Service.order
            var path = "orders"
            var body: String
            var status = 422

            init(_ what: String, _ body: String, _ status: Int = 422) {
                (self.what, self.body, self.status) = (what, body, status)
            }

            func to(_ service: FoodSystem.Service, _ path: String) -> Hostile {
                var hostile = self
                (hostile.service, hostile.path) = (service, path)
                return hostile
            }
        }

        private static let size = 1_000_000

        private static func items(_ item: String) -> String {
            #"{"items":[\#(Array(repeating: item, count: size / (item.utf8.count + 1)).joined(separator: ","))]}"#
        }

        private static func members(_ member: (Int) -> String) -> String {
            let count = size / (member(99_999).utf8.count + 1)
            return "{\((0..<count).map(member).joined(separator: ",")),\"custId\":[]}"
        }

        private static func text(_ name: String, _ piece: String) -> String {
            #"{"\#(name)":"\#(String(repeating: piece, count: size / piece.utf8.count))"}"#
        }

        static let all = [
            Hostile("items whose quantity is a text", items(#"{"name":"","qty":"1"}"#)),
            Hostile("items without a member", items("{}")),
            Hostile("items that are null", items("null")),
            Hostile("very many members", members { #""k\#($0)":1"# }),
            Hostile("very many escaped members", members { #""\u006b\#($0)":1"# }),
            Hostile("the same member again and again", items("1").replacing("items", with: "custId")),
            Hostile("a text of escapes", text("custId", #"\u006b\n"#)),
            Hostile("a name of escapes", #"{"\#(String(repeating: #"\u006b\n"#, count: size / 8))":1}"#),
            Hostile("an orderInfo of commas", text("orderInfo", ",")),
            Hostile("an orderInfo of dishes", text("orderInfo", "김치찌개:1,")),
            Hostile("a customer of blanks", text("custId", " ")),
            Hostile("a number without end", #"{"totPrice":\#(String(repeating: "7", count: size))}"#),
            Hostile("a number in a text", text("totPrice", "7")),
            Hostile("nesting", String(repeating: "[", count: size), 400),
            Hostile(
                "nesting just below the limit",
                items(String(repeating: "[", count: 29) + String(repeating: "]", count: 29))),
            Hostile("a payment of commas", text("orderInfo", ",")).to(.payment, "pays"),
            Hostile("a dish with a name of escapes", text("name", #"\u006b"#)).to(.store, "menuItems"),
        ]

        @Test("While bodies made to cost much are refused, others are answered")
        func answered() async throws {
            let system = try await FoodSystem.start()
            for hostile in Self.all {
                let start = ContinuousClock.now
                async let refusal = system.send(.post, hostile.service, hostile.path, hostile.body)
                let meanwhile = try await Self.answered(system, hostile.service)
                let answer = try await refusal
                print("\(hostile.what): \(answer.status) after \(ContinuousClock.now - start), alive in \(meanwhile)")
                #expect(answer.status == hostile.status, "\(hostile.what)")
                #expect(answer.headers["Content-Type"] == "application/problem+json", "\(hostile.what)")
                #expect(answer.body.count < 4096, "\(hostile.what): the refusal is short")
            }
            #expect(try await system.total(.order, "orders") == 0)
            #expect(try await system.total(.payment, "pays") == 0)
            await system.stop()
        }

        /// - Returns: the longest that one of ten looks at the service took.
        private static func answered(_ system: FoodSystem, _ service: FoodSystem.Service) async throws -> Duration {
            var longest = Duration.zero
            for _ in 0..<10 {
                let start = ContinuousClock.now
                #expect(try await system.get(service, "actuator/health/liveness").status == 200)
                longest = max(longest, ContinuousClock.now - start)
            }
            return longest
        }
    }
}
