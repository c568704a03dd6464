import Checkout
import Foundation
import Testing

/// What README and `docs/` name is there.
@Suite struct DocumentationTests {
    private static let pages: [String] = {
        let docs = CheckoutFolder.url.appending(path: "docs").path()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: docs)) ?? []
        return ["README.md"] + names.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
    }()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: CheckoutFolder.url.appending(path: path), encoding: .utf8)
    }

    private static func isThere(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: CheckoutFolder.url.appending(path: path).path(percentEncoded: false))
    }

    @Test("Every path is there, and every page that is linked", arguments: pages)
    func paths(page: String) throws {
        let text = try Self.text(page)
        // With <…> it is a pattern, behind a blank come arguments.
        let quoted = text.matches(of: /`((?:Sources|Tests|deploy|scripts|docs)\/[^`\s]*)[^`]*`/).map { String($0.1) }
            .filter { !$0.contains("<") }
        let folder = (page as NSString).deletingLastPathComponent
        let linked = text.matches(of: /\]\((?!https?:)([^)#]+)/).map {
            (folder as NSString).appendingPathComponent(String($0.1))
        }
        #expect((quoted + linked).filter { !Self.isThere($0) } == [])
    }

    @Test("There are paths and commands to look at")
    func notEmpty() throws {
        let text = try Self.pages.map(Self.text).joined()
        #expect(Self.pages.count > 1)
        #expect(text.contains("`Sources/Contracts"))
        #expect(text.contains("`make run"))
    }

    @Test("Every target of make is there, and README has them all")
    func targets() throws {
        let makefile = try Self.text("Makefile")
        let targets = Set(makefile.matches(of: /(?m)^([a-z-]+%?):/).map { String($0.1) })
        for page in Self.pages {
            let commands = try Self.text(page).matches(of: /(?m)(?:^ *|`|&& |=\S* )make ([a-z][a-z-]*)/)
            let named = commands.map { String($0.1) }
            let unknown = named.filter { name in
                !targets.contains { $0 == name || ($0.hasSuffix("%") && name.hasPrefix($0.dropLast())) }
            }
            #expect(unknown == [], "\(page)")
        }
        let readme = try Self.text("README.md")
        #expect(
            targets.filter { !$0.hasSuffix("%") && !readme.contains("`\($0)`") && !readme.contains("make \($0)") } == []
        )
    }

    @Test("The page of the business has every event, and README every setting")
    func names() throws {
        let readme = try Self.text("README.md")
        let types = SourceFile.all(below: "Sources/Contracts").flatMap { $0.eventTypes }
        let rows = try Self.text("docs/domain.md").split(separator: "\n").filter { $0.hasPrefix("|") }
        #expect(types.count > 10)
        #expect(types.filter { type in !rows.contains { $0.contains(type) } } == [])
        let settings = SourceFile.all(below: "Sources").flatMap { file in
            file.text.matches(of: /Setting(?:<[\w.]+>)?(?:\.\w+)?\(\s*"([A-Z_]+)"/).map { String($0.1) }
        }
        #expect(settings.count > 10)
        #expect(settings.filter { !readme.contains("`\($0)`") } == [])
    }

    @Test("README says where each service is and what it has", arguments: ListedService.all)
    func table(service: ListedService) throws {
        let row = try #require(
            try Self.text("README.md").split(separator: "\n").first { $0.hasPrefix("| \(service) | `\(service)` |") })
        #expect(row.contains("| \(service.port) |"))
        #expect(service.resources.filter { !row.contains("`/\($0)`") } == [])
    }
}
