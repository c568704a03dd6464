import Checkout
import Foundation
import HTTPClient
import Testing

/// All services beside a broker, each a process of its own, on ports of their own.
final class FoodSystem: Sendable {
    typealias Service = ListedService

    let folder: URL
    let bootstrap: String
    let topic: String
    private let ports: [Service: Int]
    /// By which services find one another: `PAYMENT_URL` and so on.
    private var addresses: [String: String] {
        Dictionary(uniqueKeysWithValues: ports.map { ("\($0.name.uppercased())_URL", "http://127.0.0.1:\($1)") })
    }
    /// Of every service, whenever it is started.
    private let environment: [String: String]
    private let programs = Programs()
    private let client: HTTPClient

    /// Dishes of the demo catalog, on the menus of all of its stores.
    static let demoDishes = 10

    /// Starts everything and waits until orders can be placed.
    /// - Parameter kafka: bootstrap address of a real broker; `nil` starts the embedded one.
    static func start(kafka: String? = nil, environment: [String: String] = [:]) async throws -> FoodSystem {
        let system = try FoodSystem(kafka: kafka, environment)
        if kafka == nil { try await system.startBroker() }
        for service in Service.all { try await system.start(service) }
        await eventually("the menu reaches the order service") { try await system.total(.order, "menus") == demoDishes }
        return system
    }

    /// One service, whose broker is away.
    static func alone(_ service: Service) async throws -> FoodSystem {
        let system = try FoodSystem(kafka: nil)
        try await system.start(service)
        return system
    }

    /// - Parameter kafka: bootstrap address of a broker that somebody else runs, or of nobody.
    init(kafka: String?, _ environment: [String: String] = [:]) throws {
        self.environment = environment
        folder = try Repository.temporaryFolder()
        let free = try FreePorts.take(1 + Service.all.count)
        ports = Dictionary(uniqueKeysWithValues: zip(Service.all, free.dropFirst()))
        bootstrap = kafka ?? "127.0.0.1:\(free[0])"
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
        try await launch("broker", ["BROKER_PORT": port, "KAFKA_TOPIC": topic])
    }

    func stopBroker(_ signal: Int32 = SIGKILL) async { await stop("broker", signal) }

    /// Starts a service and waits until it is ready.
    func start(_ service: Service, _ environment: [String: String] = [:]) async throws {
        try await launch(service, environment)
        await ready(service)
    }

    /// Starts a service and does not wait.
    /// - Parameter kibibytes: no file of the service may grow beyond this, as on a disk that is full.
    func launch(
        _ service: Service, _ environment: [String: String] = [:], filesUpTo kibibytes: Int? = nil
    ) async throws {
        try await launch(
            service.name,
            ["PORT": String(ports[service] ?? 0)].merging(self.environment) { _, new in new }
                .merging(environment) { _, new in new }, kibibytes)
    }

    func ready(_ service: Service) async {
        await eventually("\(service) is ready") { try await get(service, "actuator/health/readiness").status == 200 }
    }

    private func launch(_ name: String, _ environment: [String: String], _ kibibytes: Int? = nil) async throws {
        let all = [
            "DATA_DIR": folder.path(), "KAFKA_BOOTSTRAP_SERVERS": bootstrap, "KAFKA_TOPIC": topic,
            "KAFKA_SESSION_TIMEOUT_MS": "3000", "PATH": Repository.environment["PATH"] ?? "", "LOG_FORMAT": "text",
        ].merging(addresses) { _, new in new }.merging(environment) { _, new in new }
        let (executable, log) = (Repository.executables.appending(path: name), folder.appending(path: "\(name).log"))
        // The signal would end the process; ignored, it leaves an error to write(2). A block is half a kibibyte.
        let limited = kibibytes.map { ["-c", "trap '' XFSZ; ulimit -f \($0 * 2); exec \"$0\"", executable.path()] }
        await programs.set(
            name,
            try Program(
                name, limited == nil ? executable : URL(filePath: "/bin/sh"), limited ?? [], environment: all, log: log)
        )
    }

    func stop(_ service: Service, _ signal: Int32) async { await stop(service.name, signal) }

    func stop(_ name: String, _ signal: Int32) async {
        guard let program = await programs.get(name) else { return }
        program.signal(signal)
        _ = await program.status()
    }

    func program(_ service: Service) async -> Program? { await program(service.name) }

    /// - Parameter name: of a service, or `broker`.
    func program(_ name: String) async -> Program? { await programs.get(name) }
    var broker: Program? { get async { await program("broker") } }

    /// Ends everything as an operator would, and removes its data and logs unless `KEEP_DATA` is set.
    func stop() async {
        for service in Service.all {
            await program(service)?.signal(SIGCONT)
            await stop(service, SIGTERM)
        }
        await broker?.signal(SIGCONT)
        await stopBroker()
        client.close()
        if Repository.environment["KEEP_DATA"] == nil { try? FileManager.default.removeItem(at: folder) }
    }

    // MARK: - Requests

    func port(_ service: Service) -> Int { ports[service] ?? 0 }

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

    /// The sum of the series of this name, or of these labels; 0 when there is none.
    func metric(_ service: Service, _ name: String) async throws -> Double {
        let text = String(decoding: try await get(service, "actuator/prometheus").body, as: UTF8.self)
        return text.split(separator: "\n").filter { $0.hasPrefix(name + " ") || $0.hasPrefix(name + "{") }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
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
