import Events
import HTTPServer
import Messaging
import Persistence
import ServiceKit
import Synchronization

/// Somebody at the door, who is greeted once.
struct Guest: Aggregate {
    enum Status: String, CaseIterable, ColumnValue { case waiting, greeted }
    enum Move: String, CaseIterable { case greet }

    var id = 0
    var version = 1
    let name: String
    private(set) var status = Status.waiting

    var key: String { name }

    static let states = StateMachine<Status, Move> { status, _ in status == .waiting ? .greeted : nil }

    init(id: Int = 0, version: Int = 1, name: String, status: Status = .waiting) {
        (self.id, self.version, self.name, self.status) = (id, version, name, status)
    }

    mutating func greet() throws -> [any Event] {
        status = try Self.states.status(after: .greet, from: status)
        return [Greeted(name: name)]
    }

    static let all = Repository(
        Table(
            "guests", Guest.init(id:version:name:status:), Column("id", \.id, .id),
            Column("version", \.version, .version), Column("name", \.name, .unique, .fixed), Column("status", \.status)),
        of: "guest", key: "name")

    static let listing = Listing(
        "guests", of: "guest", all.table, members: ["name", "status"],
        keys: [.init("name", "name", isFoundBehindWrites: true)],
        groups: [.init("status", "status"), .init("version", "version", isNumber: true)],
        sorts: [.init("status", "status")]
    ) { guest in
        Item(
            id: String(guest.id), ["name": guest.name],
            links: states.moves(from: guest.status).map { .command($0.rawValue) })
    }
}

/// A row of the view of everybody who was greeted.
struct Welcome: StatusRow {
    enum Status: String, ColumnValue { case greeted }
    var id = 0
    let name: String
    var status: Status

    static let table = Table(
        "welcomes", Welcome.init(id:name:status:), Column("id", \.id, .id), Column("name", \.name, .unique, .fixed),
        Column("status", \.status))

    static let listing = Listing("welcomes", of: "welcome", table, members: ["name"]) {
        Item(id: String($0.id), ["name": $0.name])
    }
}

/// A service with one of everything.
struct Porter: Service {
    static let name = "porter"
    static let defaultPort: UInt16 = 8099
    static let topic = "greetings"
    static let patience = Setting<Int>("PORTER_PATIENCE", default: 3, in: 1...9, "how often it rings")
    static let settings: [any AnySetting] = [patience]
    static let migrations = Guest.all.table.migrations
    static let views = [
        View(
            "porter.welcomes", Welcome.table, key: "name",
            [.create(.greeted, 10, on: Greeted.self) { Welcome(name: $0.name, status: .greeted) }])
    ]

    /// What happens while a service of this task starts.
    @TaskLocal static var preparing: @Sendable () async throws -> Void = {}
    /// The steps that a service of this task took.
    @TaskLocal static var steps = Steps()

    static let listings: [any AnyListing] = [Guest.listing, Welcome.listing]

    let database: Database
    let policies: [Policy] = []
    let purges: [Retention.Purge]

    init(_ context: ServiceContext) throws {
        let steps = Self.steps
        purges = [
            { _, _, _ in
                steps.append("purge")
                return 0
            }
        ]
        database = context.database
        _ = try context.environment[Self.patience]
    }

    func prepare() async throws {
        Self.steps.append("prepare")
        try await Self.preparing()
    }

    func addRoutes(to router: inout Router) {
        Self.steps.append("routes")
        router.post("/guests", enter)
        router.put("/guests/:id/greet", greet)
        router.patch("/guests/:id", look)
    }

    private func enter(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: [String: String] = try request.decode()
        return try await Guest.listing.enter(request, in: database) { transaction in
            try Guest.all.insert(Guest(name: form["name"] ?? ""), in: transaction)
        }
    }

    private func greet(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await Guest.listing.command(request, on: Guest.all, in: database) { guest, _ in try guest.greet() }
    }

    /// Changes nothing.
    private func look(_ request: HTTPRequest) async throws -> HTTPResponse {
        let guest = try await database.write { try Guest.listing.require(request, in: $0) }
        return try Guest.listing.answer(guest, to: request)
    }

    func close() { Self.steps.append("close") }
}

/// What was done, in order.
final class Steps: Sendable {
    private let names = Mutex<[String]>([])
    var all: [String] { names.withLock { $0 } }
    func append(_ name: String) { names.withLock { $0.append(name) } }
}
