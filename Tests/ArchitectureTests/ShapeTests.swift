import Testing

/// How files are named, how long they are, and what is not written in them.
@Suite struct ShapeTests {
    @Test(
        "Every service has the same files: wiring, routes, policies and a main",
        arguments: SourceFile.folders(in: "Sources/Services"))
    func serviceFiles(folder: String) {
        let names = Set(SourceFile.all(below: folder).map(\.name))
        #expect(names.contains("main.swift"))
        #expect(
            names.contains("\(folder.split(separator: "/").last ?? "").swift"), "the file of the service's own name")
        for suffix in ["Service.swift", "Routes.swift", "Policies.swift"] {
            #expect(names.contains { $0.hasSuffix(suffix) && $0 != suffix }, "…\(suffix)")
        }
    }

    @Test("A service folder has no folders, and every file in it begins with a capital but main")
    func flat() {
        for folder in SourceFile.folders(in: "Sources/Services") {
            for file in SourceFile.all(below: folder) {
                #expect(file.folder == folder)
                #expect(file.name == "main.swift" || file.name.first?.isUppercase == true, "\(file)")
            }
        }
    }

    @Test(
        "Files stay short",
        arguments: [
            ("Sources/Services", 150), ("Sources/Contracts", 100), ("Sources/Platform", 250), ("Sources/Tools", 250),
        ])
    func length(folder: String, limit: Int) {
        let long = SourceFile.all(below: folder).filter { $0.lines.count > limit }
        #expect(long.map { "\($0): \($0.lines.count) lines" } == [])
    }

    @Test("A main is at most 15 lines")
    func mains() {
        let mains = SourceFile.all(below: "Sources").filter { $0.name == "main.swift" }
        #expect(!mains.isEmpty)
        #expect(mains.filter { $0.lines.count > 15 }.map(\.path) == [])
    }

    @Test("Nothing in the sources traps on purpose or switches the compiler's checks off")
    func forbidden() {
        let places = SourceFile.all(below: "Sources").flatMap {
            $0.places(of: /\btry!|\bfatalError\(|nonisolated\(unsafe\)|\bas!|@preconcurrency/)
        }
        #expect(places == [])
    }

    @Test("No error is caught and dropped")
    func emptyCatch() {
        let silent = SourceFile.all(below: "Sources").filter {
            $0.text.contains(/\bcatch\b[^{}\n]*\{\s*(\/\/[^\n]*\s*)*\}/)
        }
        #expect(silent.map(\.path) == [])
    }

    @Test("Whoever is unchecked Sendable says why in a doc comment")
    func unchecked() {
        let silent = SourceFile.all(below: "Sources").flatMap { file in
            file.code.filter { $0.line.contains("@unchecked Sendable") }.filter { number, _ in
                let above = file.lines.prefix(number - 1).reversed().prefix { $0.drop { $0 == " " }.hasPrefix("///") }
                return !above.contains { $0.contains("Sendable") }
            }.map { "\(file):\($0.number)" }
        }
        #expect(silent == [])
    }

    /// An hour of sleep stands for work that never ends; only a cancellation wakes it.
    @Test("No test sleeps: it waits for a condition or sets the clock")
    func sleeps() {
        let places = SourceFile.all(below: "Tests").filter { !$0.path.hasPrefix("Tests/ArchitectureTests/") }.flatMap {
            $0.places(of: /\b(Task|Thread|clock|\))\.sleep(?!\(for: \.seconds\(3600\))|(^|[ (])(u|nano)?sleep\(/)
        }
        #expect(places == [])
    }
}
