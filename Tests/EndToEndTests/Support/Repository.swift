import Checkout
import Foundation

/// Where the tests find what they run.
enum Repository {
    static let root = CheckoutFolder.url

    /// The executables beside this test bundle, so that tests run what was just built, sanitized or not.
    static let executables: URL = {
        if let folder = environment["BIN_DIR"] { return URL(filePath: folder) }
        let bundle = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        let candidates = sequence(first: bundle.deletingLastPathComponent()) {
            $0.pathComponents.count > 1 ? $0.deletingLastPathComponent() : nil
        }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0.appending(path: "broker").path()) }
            ?? root.appending(path: ".build/debug")
    }()

    static let environment = ProcessInfo.processInfo.environment

    /// A number that makes tests longer, for example `CHAOS_COUNT`.
    static func count(_ name: String, default fallback: Int) -> Int { environment[name].flatMap(Int.init) ?? fallback }

    static func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "food-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
