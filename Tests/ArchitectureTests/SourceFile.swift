import Checkout
import Foundation

/// A Swift file of this repository.
struct SourceFile: Sendable, CustomStringConvertible {
    /// Below the root of the repository.
    let path: String
    let text: String

    var description: String { path }
    var name: String { (path as NSString).lastPathComponent }
    var folder: String { (path as NSString).deletingLastPathComponent }
    /// Without the empty one that the last newline makes.
    var lines: [Substring] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.last?.isEmpty == true ? lines.dropLast() : lines
    }

    /// The lines that are not comments, with their numbers from 1.
    var code: [(number: Int, line: Substring)] {
        lines.enumerated().map { ($0.offset + 1, $0.element) }.filter { !$0.1.drop { $0 == " " }.hasPrefix("//") }
    }

    /// Modules that the file imports, in whatever way.
    var imports: Set<String> {
        let pattern =
            /^ *(?:@\w+(?:\(\w+\))? +)*(?:(?:public|internal|package|private|fileprivate) +)?import +(?:(?:struct|class|enum|protocol|typealias|func|let|var|actor) +)?(\w+)/
        return Set(
            code.filter { $0.line.contains("import ") }.compactMap {
                $0.line.prefixMatch(of: pattern).map { String($0.1) }
            })
    }

    /// Where `pattern` occurs outside of comments, as `path:line`.
    func places(of pattern: some RegexComponent) -> [String] {
        code.filter { $0.line.contains(pattern) }.map { "\(path):\($0.number)" }
    }

    private static let root = CheckoutFolder.url.path

    /// All Swift files below `folder`, sorted by path.
    static func all(below folder: String) -> [SourceFile] {
        let paths = FileManager.default.enumerator(atPath: "\(root)/\(folder)")?.compactMap { $0 as? String } ?? []
        return paths.filter { $0.hasSuffix(".swift") }.sorted().compactMap { path in
            let text = try? String(contentsOfFile: "\(root)/\(folder)/\(path)", encoding: .utf8)
            return text.map { SourceFile(path: "\(folder)/\(path)", text: $0) }
        }
    }

    /// The folders directly in `folder`.
    static func folders(in folder: String) -> [String] {
        Set(
            all(below: folder).compactMap { $0.path.dropFirst(folder.count + 1).split(separator: "/").dropLast().first }
        )
        .map { "\(folder)/\($0)" }.sorted()
    }
}

extension SourceFile {
    /// Wire names of the events that it declares.
    var eventTypes: [String] { text.matches(of: /static let type = "(\w+)"/).map { String($0.1) } }
}
