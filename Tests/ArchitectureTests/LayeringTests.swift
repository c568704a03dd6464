import Testing

/// Who may import whom. The compiler refuses a sibling, but not a module that a declared dependency brings along.
@Suite struct LayeringTests {
    private static let services = SourceFile.folders(in: "Sources/Services")
    private static let wrappers = [
        "CRdKafka": "Sources/Platform/Kafka/", "CMicroHTTPD": "Sources/Platform/HTTPServer/",
        "CCurl": "Sources/Platform/HTTPClient/", "CCrypto": "Sources/Platform/Signing/",
        "CSQLite": "Sources/Platform/Persistence/SQLite/", "CPostgreSQL": "Sources/Platform/Persistence/PostgreSQL/",
        "CMicroHTTPDAnswers": "Sources/Platform/HTTPServer/", "CLoopbackPort": "Sources/Tools/EmbeddedBroker/",
    ]

    @Test("The sources are where these tests look for them", arguments: ["Contracts", "Platform", "Services", "Tools"])
    func found(folder: String) { #expect(!SourceFile.all(below: "Sources/\(folder)").isEmpty) }

    @Test("A C library is imported by its wrapper, and by nobody else", arguments: wrappers)
    func wrapper(library: String, folder: String) {
        let importers = SourceFile.all(below: "Sources").filter { $0.imports.contains(library) }
        #expect(!importers.isEmpty)
        #expect(importers.filter { !$0.path.hasPrefix(folder) }.map(\.path) == [])
    }

    @Test("No other C library is imported than those that are wrapped")
    func unknownLibrary() {
        let known = Set(Self.wrappers.keys)
        let strangers = SourceFile.all(below: "Sources").filter { file in
            file.imports.contains { $0.wholeMatch(of: /C[A-Z]\w+/) != nil && !known.contains($0) }
        }
        #expect(strangers.map(\.path) == [])
    }

    @Test("A service imports building blocks and contracts, no broker and no C library", arguments: services)
    func service(folder: String) {
        let allowed: Set = [
            "Events", "Contracts", "Foundation", "HTTPClient", "HTTPServer", "JSONCoding", "Messaging",
            "Persistence", "Resilience", "ServiceKit", "SharedKernel", "Signing", "Synchronization", "Telemetry",
            "Time",
        ]
        for file in SourceFile.all(below: folder) { #expect(file.imports.subtracting(allowed) == [], "\(file)") }
    }

    @Test("The published language needs no database: contracts import events only, and events no persistence")
    func contracts() {
        for file in SourceFile.all(below: "Sources/Contracts") {
            #expect(file.imports.subtracting(["Events"]) == [], "\(file)")
        }
        for file in SourceFile.all(below: "Sources/Platform/Events") {
            #expect(file.imports.isDisjoint(with: ["Persistence", "Messaging"]), "\(file)")
        }
    }

    @Test("What contexts share beside contracts is how rows and documents hold them, and nothing that acts")
    func sharedKernel() {
        for file in SourceFile.all(below: "Sources/SharedKernel") {
            #expect(file.imports.subtracting(["Contracts", "Persistence"]) == [], "\(file)")
        }
    }

    @Test("The platform imports neither contracts nor services")
    func platform() {
        let forbidden = Set(Self.services.compactMap { $0.split(separator: "/").last.map(String.init) })
            .union(["Contracts", "SharedKernel"])
        for file in SourceFile.all(below: "Sources/Platform") {
            #expect(file.imports.intersection(forbidden) == [], "\(file)")
        }
    }

    @Test("The platform knows no word of the business, not even in a comment")
    func businessWords() {
        let words: Set = [
            "cook", "cooked", "cooking", "customer", "customers", "dish", "dishes", "fooddelivery", "food", "menu",
            "menus",
            "orderid", "payment", "payments", "refund", "refunds", "restaurant", "rider", "riders",
        ]
        let files = SourceFile.all(below: "Sources/Platform").filter { file in
            let text = file.text.lowercased()
            return words.contains { text.contains($0) }
        }
        let places = files.flatMap { file in
            file.lines.enumerated().filter { !words.isDisjoint(with: Self.words(of: $0.element)) }
                .map { "\(file):\($0.offset + 1)" }
        }
        #expect(places == [])
    }

    /// The words that names and sentences are made of; HTTP itself calls 402 what it is called.
    private static func words(of line: Substring) -> Set<String> {
        let line = line.replacing("Payment Required", with: "").replacing(/[Oo]rderI[dD]/, with: " orderid ")
        return Set(line.matches(of: /[A-Z]?[a-z]+/).map { $0.output.lowercased() })
    }
}
