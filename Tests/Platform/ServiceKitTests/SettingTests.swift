import Foundation
import Testing

@testable import ServiceKit

@Suite struct SettingTests {
    private enum Colour: String, CaseIterable { case red, green }

    private static let count = Setting<Int>("COUNT", default: 3, in: 1...9, "how many")
    private static let pause = Setting<Duration>(
        "PAUSE_MS", default: 20, in: 10...30, unit: .milliseconds(1), "how long")
    private static let isOn = Setting<Bool>("ON", default: true, "whether")
    private static let colour = Setting<Colour>("COLOUR", default: .green, "which")
    private static let names = Setting.list("NAMES", default: "a,b", "who")

    private func environment(_ values: [String: String]) -> ServiceEnvironment { ServiceEnvironment(values) }

    @Test("A variable that is unset or empty has its default", arguments: [[:], ["COUNT": "", "PAUSE_MS": ""]])
    func fallback(values: [String: String]) throws {
        let environment = environment(values)
        #expect(try environment[Self.count] == 3)
        #expect(try environment[Self.pause] == .milliseconds(20))
        #expect(try environment[Self.isOn])
        #expect(try environment[Self.colour] == .green)
        #expect(try environment[Self.names] == ["a", "b"])
    }

    private static let key = Setting.secret("KEY", "what opens it")

    @Test("A secret may stand in a file, without the line's end", arguments: ["열쇠", "열쇠\n"])
    func secretInFile(content: String) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(content.utf8).write(to: file)
        #expect(try environment(["KEY_FILE": file.path()])[Self.key] == "열쇠")
        #expect(throws: ServiceEnvironment.Invalid(description: "KEY and KEY_FILE are both set")) {
            try environment(["KEY_FILE": file.path(), "KEY": "x"])[Self.key]
        }
    }

    @Test("A secret's file that is not there is one line, and a secret is never shown")
    func wrongSecret() {
        #expect(throws: ServiceEnvironment.Invalid(description: "KEY_FILE is '/nowhere' but must be a file to be read"))
        {
            try environment(["KEY_FILE": "/nowhere"])[Self.key]
        }
        let short = Setting<Int>("KEY", default: "", "", expected: "short", isSecret: true) { _ in nil }
        #expect(throws: ServiceEnvironment.Invalid(description: "KEY is a secret but must be short")) {
            try environment(["KEY": "hunter2"])[short]
        }
    }

    @Test("A variable is read as what its setting is")
    func read() throws {
        let environment = environment(["COUNT": "9", "PAUSE_MS": "10", "ON": "No", "COLOUR": "red", "NAMES": " c , ,d"])
        #expect(try environment[Self.count] == 9)
        #expect(try environment[Self.pause] == .milliseconds(10))
        #expect(try !environment[Self.isOn])
        #expect(try environment[Self.colour] == .red)
        #expect(try environment[Self.names] == ["c", "d"])
    }

    @Test(
        "What cannot be used is refused in one line that names the variable",
        arguments: ["0", "10", "1.5", "three", "99999999999999999999"])
    func refused(value: String) {
        let expected = "COUNT is '\(value)' but must be a whole number from 1 to 9"
        #expect(throws: ServiceEnvironment.Invalid(description: expected)) {
            try environment(["COUNT": value])[Self.count]
        }
    }

    @Test("A text that must be there is asked for by name")
    func required() throws {
        let key = Setting<String>.required("KEY", "what it opens")
        #expect(try environment(["KEY": "x"])[key] == "x")
        for values in [[:], ["KEY": ""]] {
            #expect(throws: ServiceEnvironment.Invalid(description: "KEY is '' but must be set")) {
                try environment(values)[key]
            }
        }
    }

    @Test("The range and the choices are part of the help, and are said nowhere else")
    func allowed() {
        let settings: [any AnySetting] = [Self.count, Self.pause, Self.isOn, Self.colour, Self.names]
        #expect(settings.map(\.allowed) == ["1 to 9", "10 to 30", "true or false", "red, green", nil])
    }
}
