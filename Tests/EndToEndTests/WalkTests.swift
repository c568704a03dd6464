import Foundation
import Testing

extension EndToEndTests {
    /// What README tells its reader to paste, pasted. `make run` must not be running beside it.
    @Suite(.serialized) struct WalkTests {
        private static let heading = "### A whole delivery in ten commands"

        /// The first block of code below the heading.
        private static func commands() throws -> [String] {
            let readme = try String(contentsOf: Repository.root.appending(path: "README.md"), encoding: .utf8)
            let section = try #require(readme.components(separatedBy: heading).dropFirst().first)
            let block = try #require(section.components(separatedBy: "\n```\n").dropFirst().first)
            return block.split(separator: "\n").map(String.init)
        }

        @Test("A whole delivery can be lived through with the ten commands of README, pasted at once")
        func walk() async throws {
            let commands = try Self.commands()
            #expect(commands.count == 10)
            let system = try await RunningSystem.start()
            // As at a terminal, but that an answer of 4xx or 5xx ends it.
            let prelude = "set -e; http() { command http --ignore-stdin --check-status --body \"$@\"; }\n"
            let answers = try await run("/bin/bash", ["-c", prelude + commands.joined(separator: "\n")])
            for text in ["김치찌개", "orderCmplt", "cookCmplt", "deliveryCmplt", "맛있게 먹었습니다", "DeliveryFinished"] {
                #expect(answers.contains(text), "\(text) is in no answer:\n\(answers)")
            }
            await eventually("the deal is closed") {
                try await Exchange("GET", ":8088/orderInfos/1").body["status"] as? String == "orderFinish"
            }
            await eventually("the owner reads the rating") {
                try await Exchange("GET", ":8088/ratings/1").body["average"] as? Double == 5
            }
            await system.stop()
        }
    }
}
