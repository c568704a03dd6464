import Foundation
import Testing

/// A broker of Apache Kafka that belongs to the test, started from `KAFKA_HOME`; perhaps one of several.
final class KafkaNode: Sendable {
    private static let script = Repository.root.appending(path: "scripts/kafka").path()

    let folder: URL
    private let port: Int
    private let kind: [String]

    private init(_ port: Int, _ kind: [String] = []) throws {
        (folder, self.port, self.kind) = (try Repository.temporaryFolder(), port, kind)
    }

    static func plain() throws -> KafkaNode { try KafkaNode(try FreePorts.takePair()) }

    static func secure() throws -> KafkaNode { try KafkaNode(try fourFreePorts(), ["secure"]) }

    /// The members of one cluster, not started: none answers before most of them are.
    static func cluster(of count: Int) throws -> [KafkaNode] {
        let ports = try (0..<count).map { _ in try FreePorts.takePair() }
        let all = ports.map(String.init).joined(separator: ",")
        return try ports.map { try KafkaNode($0, ["of", all]) }
    }

    private static func fourFreePorts() throws -> Int {
        for _ in 1...1000 {
            let port = try FreePorts.takePair()
            if !FreePorts.isListening(port + 2), !FreePorts.isListening(port + 3) { return port }
        }
        throw FreePorts.None()
    }

    var address: String { "127.0.0.1:\(port)" }
    /// Where a password is asked for.
    var passwordAddress: String { "127.0.0.1:\(port + 2)" }
    /// Where a certificate is asked for.
    var certificateAddress: String { "127.0.0.1:\(port + 3)" }

    /// - Parameter password: of the user `food`.
    /// - Throws: ``GiveUp`` when it does not answer.
    func start(password: String = "food-secret") async throws {
        let answer = try await run(
            Self.script, ["start", folder.path(), String(port)] + kind, environment: ["KAFKA_PASSWORD": password])
        guard answer.contains(address) else { throw GiveUp(description: "no Kafka at \(address): \(answer)") }
    }

    /// In order.
    func end() async throws { _ = try await run(Self.script, ["stop", folder.path()]) }

    func kill() async {
        signal(SIGKILL)
        await eventually("Kafka has ended") { !signal(0) }
    }

    /// Ends it and removes its data.
    func remove() async {
        await kill()
        do { try FileManager.default.removeItem(at: folder) } catch { print("\(folder.path()) stays: \(error)") }
    }

    /// - Returns: whether there was somebody to take it.
    @discardableResult func signal(_ number: Int32) -> Bool {
        let file = try? String(contentsOf: folder.appending(path: "pid"), encoding: .utf8)
        guard let process = file.flatMap({ pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) }) else {
            return false
        }
        return Foundation.kill(process, number) == 0
    }

    /// What one of Kafka's own tools says: `topics`, `groups` or `configs`.
    func tool(_ name: String, _ arguments: String...) async throws -> String {
        try await run(Self.script, [name, folder.path()] + arguments)
    }

    struct Partition {
        var leader: Int
        var inSync: Set<Int>
    }

    /// As this broker knows them, which need not be there itself.
    func partitions(of topic: String) async throws -> [Int: Partition] {
        let text = try await run("kcat", ["-L", "-J", "-m", "5", "-b", address, "-t", topic])
        let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        let topics = json?["topics"] as? [[String: Any]]
        let partitions = topics?.first?["partitions"] as? [[String: Any]] ?? []
        return Dictionary(
            partitions.compactMap { partition in
                guard let number = partition["partition"] as? Int, let leader = partition["leader"] as? Int else {
                    return nil
                }
                let inSync = (partition["isrs"] as? [[String: Int]] ?? []).compactMap { $0["id"] }
                return (number, Partition(leader: leader, inSync: Set(inSync)))
            }, uniquingKeysWith: { $1 })
    }
}
