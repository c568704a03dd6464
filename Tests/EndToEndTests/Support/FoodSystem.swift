import Checkout
import Foundation
import FreshDatabase
import HTTPClient
import Synchronization
import Testing

/// All services beside a broker, each a process of its own, or several, on ports of their own.
final class FoodSystem: Sendable {
    typealias Service = ListedService

    let folder: URL
    let bootstrap: String
    let topic: String
    private let setup: Setup
    private let instances: [Service: [Instance]]
    private let databases: [Service: String]
    /// Requests go to the instances of a service in turn.
    private let turn = Atomic(0)
    /// Of every service, whenever it is started.
    private let environment: [String: String]
    private let programs = Programs()
    private let client: HTTPClient

    /// Dishes of the demo catalog, on the menus of all of its stores.
    static let demoDishes = 10

    /// - Parameter kafka: bootstrap address of a real broker; `nil` starts the embedded one.
    static func start(kafka: String? = nil, environment: [String: String] = [:]) async throws -> FoodSystem {
        try await start(on: Setup(kafka: kafka), environment: environment)
    }

    /// Starts everything and waits until orders can be placed.
    /// - Parameter postgreSQL: a server for the databases of several instances; else the one that all tests use.
    static func start(
        on setup: Setup, postgreSQL: String? = nil, environment: [String: String] = [:]
    ) async throws -> FoodSystem {
        let system = try FoodSystem(setup, postgreSQL: postgreSQL, environment)
        if setup.kafka == nil { try await system.startBroker() }
        for service in Service.all { try await system.start(service) }
        await eventually("the menu reaches the order service") { try await system.total(.order, "menus") == demoDishes }
        return system
    }

    /// One service, whose broker is away.
    static func alone(_ service: Service) async throws -> FoodSystem {
        let system = try FoodSystem(Setup())
        try await system.start(service)
        return system
    }

    init(_ setup: Setup, postgreSQL: String? = nil, _ environment: [String: String] = [:]) throws {
        (self.setup, self.environment) = (setup, environment)
        let folder = try Repository.temporaryFolder()
        self.folder = folder
        let free = try FreePorts.take(1 + Service.all.count * setup.replicas)
        bootstrap = setup.kafka ?? "127.0.0.1:\(free[0])"
        instances = Instance.all(setup.replicas, on: free.dropFirst())
        databases = Dictionary(
            uniqueKeysWithValues: try Service.all.map { service in
                let file = folder.appending(path: "\(service.name).db").path()
                return (service, setup.replicas == 1 ? "sqlite:\(file)" : try FreshDatabase.postgreSQL(on: postgreSQL))
            })
        topic = "food-\(UUID().uuidString.prefix(8))"
        var configuration = HTTPClient.Configuration()
        configuration.timeout = .seconds(5)
        configuration.maximumResponseBody = 16 << 20  // A page of a thousand orders.
        client = try HTTPClient(configuration)
    }

    func startBroker() async throws {
        try await launchBroker()
        let port = bootstrap.split(separator: ":").last.flatMap { Int($0) } ?? 0
        await eventually("the broker listens") { FreePorts.isListening(port) }
    }

    func launchBroker() async throws {
        let port = bootstrap.split(separator: ":").last.map(String.init) ?? ""
        try await launch("broker", of: "broker", ["BROKER_PORT": port, "KAFKA_TOPIC": topic])
    }

    func stopBroker(_ signal: Int32 = SIGKILL) async { await stop("broker", signal) }

    /// Starts a service and waits until it is ready.
    func start(_ service: Service, _ environment: [String: String] = [:]) async throws {
        try await launch(service, environment)
        await ready(service)
    }

    /// Starts all instances of a service and does not wait.
    /// - Parameter kibibytes: no file of the service may grow beyond this, as on a disk that is full.
    func launch(
        _ service: Service, _ environment: [String: String] = [:], filesUpTo kibibytes: Int? = nil
    ) async throws {
        for instance in instances(of: service) { try await launch(instance, environment, filesUpTo: kibibytes) }
    }

    func launch(
        _ instance: Instance, _ environment: [String: String] = [:], filesUpTo kibibytes: Int? = nil
    ) async throws {
        let own = ["PORT": String(instance.port), "DATABASE_URL": databaseURL(instance.service)]
            .merging(addresses(of: instance.number)) { _, new in new }
            .merging(self.environment) { _, new in new }.merging(environment) { _, new in new }
        try await launch(instance.name, of: instance.service.name, own, kibibytes)
    }

    func ready(_ service: Service) async { for instance in instances(of: service) { await ready(instance) } }

    func ready(_ instance: Instance) async {
        await eventually("\(instance.name) is ready") {
            let url = "http://127.0.0.1:\(instance.port)/actuator/health/readiness"
            return try await client.send(ClientRequest(.get, url)).status == 200
        }
    }

    func instances(of service: Service) -> [Instance] { instances[service] ?? [] }
    func databaseURL(_ service: Service) -> String { databases[service] ?? "" }
    var isOnPostgreSQL: Bool { setup.replicas > 1 }

    /// By which services find one another: `PAYMENT_URL` and so on; each instance the one of its number.
    private func addresses(of number: Int) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: instances.values.joined().filter { $0.number == number }.map { instance in
                ("\(instance.service.name.uppercased())_URL", "http://127.0.0.1:\(instance.port)")
            })
    }

    private func launch(
        _ name: String, of program: String, _ environment: [String: String], _ kibibytes: Int? = nil
    ) async throws {
        let all = [
            "DATA_DIR": folder.path(), "KAFKA_BOOTSTRAP_SERVERS": bootstrap, "KAFKA_TOPIC": topic,
            "KAFKA_SESSION_TIMEOUT_MS": "3000", "PATH": Repository.environment["PATH"] ?? "", "LOG_FORMAT": "text",
        ].merging(environment) { _, new in new }
        let executable = Repository.executables.appending(path: program)
        let log = folder.appending(path: "\(name).log")
        // The signal would end the process; ignored, it leaves an error to write(2). A block is half a kibibyte.
        let limited = kibibytes.map { ["-c", "trap '' XFSZ; ulimit -f \($0 * 2); exec \"$0\"", executable.path()] }
        await programs.set(
            name,
            try Program(
                name, limited == nil ? executable : URL(filePath: "/bin/sh"), limited ?? [], environment: all, log: log)
        )
    }

    /// All instances at once.
    func stop(_ service: Service, _ signal: Int32) async {
        for instance in instances(of: service) { await program(instance.name)?.signal(signal) }
        for instance in instances(of: service) { _ = await program(instance.name)?.status() }
    }

    func stop(_ name: String, _ signal: Int32) async {
        guard let program = await programs.get(name) else { return }
        program.signal(signal)
        _ = await program.status()
    }

    /// The first instance.
    func program(_ service: Service) async -> Program? {
        guard let first = instances(of: service).first else { return nil }
        return await program(first.name)
    }

    /// - Parameter name: of an instance, or `broker`.
    func program(_ name: String) async -> Program? { await programs.get(name) }
    var broker: Program? { get async { await program("broker") } }

    /// Ends everything as an operator would, and removes its data and logs unless `KEEP_DATA` is set.
    func stop() async {
        for service in Service.all {
            for instance in instances(of: service) { await program(instance.name)?.signal(SIGCONT) }
            await stop(service, SIGTERM)
        }
        await broker?.signal(SIGCONT)
        await stopBroker()
        client.close()
        if Repository.environment["KEEP_DATA"] == nil { try? FileManager.default.removeItem(at: folder) }
    }

    // MARK: - Requests

    func port(_ service: Service) -> Int {
        let all = instances(of: service)
        return all[turn.wrappingAdd(1, ordering: .relaxed).newValue % all.count].port
    }

    func url(_ service: Service, _ path: String) -> String { "http://127.0.0.1:\(port(service))/\(path)" }

    func send(_ request: ClientRequest) async throws -> ClientResponse { try await client.send(request) }

    func get(_ service: Service, _ path: String) async throws -> ClientResponse {
        try await client.send(ClientRequest(.get, url(service, path)))
    }

    func send(
        _ method: ClientRequest.Method, _ service: Service, _ path: String, _ body: String,
        type: String = "application/json"
    ) async throws -> ClientResponse {
        try await client.send(
            ClientRequest(method, url(service, path), headers: [("Content-Type", type)], body: Data(body.utf8)))
    }

    /// Places the transcript's order under this id.
    func order(_ orderId: String) async throws -> ClientResponse {
        try await send(
            .post, .order, "orders",
            #"{"orderId":"\#(orderId)","custId":"hkh9405","custAddr":"불정로 10","custTel":"010-1234-5678","#
                + #""orderInfo":"김치찌개:1,제육볶음:2","totPrice":18000}"#)
    }

    func total(_ service: Service, _ resource: String) async throws -> Int {
        let page = try await get(service, resource + "?size=1").json["page"] as? [String: Any]
        return page?["totalElements"] as? Int ?? -1
    }

    func status(_ service: Service, _ resource: String, _ orderId: String) async throws -> String? {
        try await get(service, "\(resource)/search/findByOrderId?orderId=\(orderId)").json["status"] as? String
    }

    /// The sum of the series of this name, or of these labels, over all instances; 0 when there is none.
    func metric(_ service: Service, _ name: String) async throws -> Double {
        var sum = 0.0
        for instance in instances(of: service) {
            let url = "http://127.0.0.1:\(instance.port)/actuator/prometheus"
            let text = String(decoding: try await client.send(ClientRequest(.get, url)).body, as: UTF8.self)
            sum += text.split(separator: "\n").filter { $0.hasPrefix(name + " ") || $0.hasPrefix(name + "{") }
                .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
        }
        return sum
    }
}

/// One process of a service.
struct Instance: Sendable {
    let service: ListedService
    /// From 1.
    let number: Int
    /// `order`, or `order-2` where there are several.
    let name: String
    let port: Int

    /// So many of each service.
    static func all(_ replicas: Int, on ports: some Collection<Int>) -> [ListedService: [Instance]] {
        var ports = ports.makeIterator()
        return Dictionary(
            uniqueKeysWithValues: ListedService.all.map { service in
                let all = (1...replicas).map { number in
                    let name = replicas == 1 ? service.name : "\(service.name)-\(number)"
                    return Instance(service: service, number: number, name: name, port: ports.next() ?? 0)
                }
                return (service, all)
            })
    }
}

/// Those that the tests speak to.
extension ListedService {
    static let order = named("order")
    static let payment = named("payment")
    static let store = named("store")
    static let delivery = named("delivery")
    static let customer = named("customer")
}

private actor Programs {
    private var all: [String: Program] = [:]
    func set(_ name: String, _ program: Program) { all[name] = program }
    func get(_ name: String) -> Program? { all[name] }
}

extension ClientResponse {
    var json: [String: Any] { (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:] }
}
