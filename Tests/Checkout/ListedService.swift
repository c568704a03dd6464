import Foundation

/// A row of `deploy/services.tsv`, the one list of the services.
public struct ListedService: Hashable, Sendable, CustomStringConvertible {
    public let name: String
    public let port: Int
    /// First path segments that the gateway routes to it.
    public let resources: [String]

    public var description: String { name }

    /// In start order.
    public static let all: [ListedService] = {
        let list = CheckoutFolder.url.appending(path: "deploy/services.tsv")
        do {
            return try String(contentsOf: list, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
                .map(row)
        } catch { preconditionFailure("The list of services cannot be read: \(error)") }
    }()

    private static func row(_ line: Substring) -> ListedService {
        let columns = line.split(separator: "\t")
        guard columns.count == 3, let port = Int(columns[1]) else {
            preconditionFailure("A row of services.tsv is not name, port, resources: \(line)")
        }
        return ListedService(
            name: String(columns[0]), port: port, resources: columns[2].split(separator: " ").map(String.init))
    }

    /// - Precondition: the list has it.
    public static func named(_ name: String) -> ListedService {
        guard let service = all.first(where: { $0.name == name }) else {
            preconditionFailure("services.tsv has no service \(name)")
        }
        return service
    }
}
