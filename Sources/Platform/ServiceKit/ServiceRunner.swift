import Events
import Foundation
import HTTPServer
import Kafka
import Messaging
import Persistence
import Records
import Telemetry
import Time

/// Runs one service from start to orderly stop.
///
/// Start: database, tables, data, HTTP, then Kafka in the background (it may be away; the outbox is there for that).
/// Stop, in under 10 s: readiness off, requests finish, consumer commits and leaves, outbox drains, database closes.
/// While starting, it ends between two steps. A step that hangs is left behind: all that was acknowledged is on disk.
struct ServiceRunner<S: Service>: Sendable {
    /// The role of the instance that does what only one may do.
    static var tasks: String { "tasks" }

    private let settings: ServiceSettings
    private let environment: ServiceEnvironment
    let log: Log
    private let metrics = Metrics()
    private let health = Health()

    init(_ environment: ServiceEnvironment) throws {
        self.environment = environment
        settings = try ServiceSettings(environment, name: S.name, defaultPort: S.defaultPort, defaultTopic: S.topic)
        log = Log(service: S.name, minimum: settings.logLevel, format: settings.logFormat)
    }

    func run(until termination: TerminationSignal) async throws {
        do {
            let database = try await whenDatabaseIsThere(termination) { try openDatabase() }
            do { try await run(on: database, until: termination) } catch {
                await database.close()
                throw error
            }
        } catch  where termination.hasCome {
            log.info("Stopped while starting", ["reason": "\(error)"])
        }
    }

    private func run(on database: Database, until termination: TerminationSignal) async throws {
        let started = ContinuousClock.now
        try termination.check()
        let service = try S(
            ServiceContext(
                environment: environment, database: database, clock: Timestamp.now, metrics: metrics, log: log))
        try await whenDatabaseIsThere(termination) { try await database.migrate(S.allMigrations) }
        try termination.check()
        try await whenDatabaseIsThere(termination) { try await service.prepare() }
        try termination.check()
        if let problem = settings.kafka.connection.knownProblem { log.warning("\(problem)") }
        let producer = try KafkaProducer(
            settings.kafka.connection, clientId: S.name,
            // A day: the outbox keeps events anyway, and giving one up would let later ones overtake it.
            messageTimeout: .seconds(86_400), log: log)
        let server = try listen(service, database)
        let work = start(service, database, producer)
        // Else the outbox waits for Kafka.
        _ = try? await producer.warmUp(topic: settings.kafka.topic, timeout: .seconds(2))
        health.enter(.running)
        log.info("Ready", ["port": String(server.port), "after": "\(ContinuousClock.now - started)"])
        await termination.wait()
        await stop(server, work, producer, database)
        service.close()
        log.info("Stopped")
    }

    /// Takes a step of the start, again and again while the database's server is away; any other database is there or not.
    private func whenDatabaseIsThere<T>(
        _ termination: TerminationSignal, _ step: () async throws -> T
    ) async throws -> T {
        var reported = ""
        while true {
            do { return try await step() } catch let error as DatabaseError
                where error.isRetriable && settings.isDatabaseOnServer
            {
                try termination.check()
                if reported != error.message {
                    reported = error.message
                    log.warning("The database is not there yet, waiting for it", ["error": reported])
                }
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    func openDatabase() throws -> Database {
        if let path = databaseFile { try makeFolder(of: path) }
        return try Database.open(
            url: settings.databaseURL, password: settings.databasePassword, isAlone: true, metrics: metrics, log: log)
    }

    /// `nil` when the database is in memory or on a server.
    var databaseFile: String? {
        guard settings.databaseURL.hasPrefix("sqlite:") else { return nil }
        let path = settings.databaseURL.dropFirst("sqlite:".count)
        return path == ":memory:" ? nil : String(path)
    }

    private func makeFolder(of file: String) throws {
        let folder = URL(filePath: file).deletingLastPathComponent()
        do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
            throw ServiceEnvironment.Invalid(description: "the folder \(folder.path()) of the database cannot be made")
        }
    }

    private func listen(_ service: S, _ database: Database) throws -> HTTPServer {
        var router = service.router(on: database)
        ActuatorRoutes(
            name: S.name, version: Version.current, database: database, health: health, metrics: metrics,
            clock: Timestamp.now
        ).add(to: &router)
        var cors = CORSPolicy()
        cors.origins = settings.origins
        router.use(
            .trace, .log(log), .metrics(metrics), .cors(cors), .overloadGuard(limit: settings.requestLimit))
        var configuration = ServerConfiguration(port: settings.port)
        configuration.address = settings.host
        return try HTTPServer(configuration, router: router, log: log)
    }

    /// What runs until the stop, in the order in which it is stopped.
    private struct Work {
        var consumer: Task<Void, Never>
        var tasks: [Task<Void, Never>]
        var relay: Task<Void, Never>
    }

    private func start(_ service: S, _ database: Database, _ producer: KafkaProducer) -> Work {
        let publisher = KafkaPublisher(producer: producer)
        // A new one each time that this instance leads: another one may have published meanwhile.
        let relay = { @Sendable [settings, metrics, log] in
            await OutboxRelay(
                database: database, publisher: publisher, topic: settings.kafka.topic, source: S.name,
                faults: settings.faults, metrics: metrics, log: log
            ).run()
        }
        let dispatcher = PolicyDispatcher(
            database: database, policies: service.allPolicies, group: S.name, earlyLimit: settings.earlyLimit,
            metrics: metrics, log: log)
        let consumer = PolicyConsumer(
            connect: connect, database: database, clusterId: publisher.clusterId, dispatcher: dispatcher,
            faults: settings.faults, health: health, metrics: metrics, log: log)
        let deadlines = DeadlineRunner(
            database: database, deadlines: service.deadlines, metrics: metrics, log: log)
        let retention = Retention(
            database: database, keep: settings.retention, also: [Idempotency.purge] + service.purges, log: log)
        let topics = ServiceTopics(
            // No longer, so that a stop need not wait for it; a broker that is slower is asked again.
            create: { [kafka = settings.kafka] topic in
                try await producer.ensureTopic(
                    topic, partitions: kafka.partitions, replication: kafka.replication,
                    configuration: kafka.topicConfiguration, timeout: .seconds(2))
            }, health: health, log: log
        ).start(shared: settings.kafka.topic, deadLetters: DeadLetters.topic(of: settings.kafka.topic, group: S.name))
        let leaders = service.tasks + [deadlines.run, retention.run]
        return Work(
            consumer: Task {
                await topics.shared.value
                await consumer.run()
            },
            tasks: [
                topics.deadLetters, Task { await dispatcher.retryEarlyEvents() },
                Task {
                    await database.lead(Self.tasks) {
                        await withDiscardingTaskGroup { group in for run in leaders { group.addTask(operation: run) } }
                    }
                },
            ],
            relay: Task {
                await topics.shared.value
                await database.lead("relay", relay)
            })
    }

    @Sendable private func connect(
        _ marks: @escaping @Sendable () throws -> ReadMarks
    ) throws(KafkaError) -> KafkaConsumer {
        try KafkaConsumer(
            settings.kafka.connection, group: S.name, topics: [settings.kafka.topic], clientId: S.name,
            sessionTimeout: settings.kafka.sessionTimeout, marks: marks, log: log)
    }

    private func stop(_ server: HTTPServer, _ work: Work, _ producer: KafkaProducer, _ database: Database) async {
        health.enter(.stopping)
        log.info("Stopping")
        work.consumer.cancel()
        for task in work.tasks { task.cancel() }
        await server.stop(within: .seconds(3))
        await work.consumer.value
        await drain(database)
        work.relay.cancel()
        await producer.close(timeout: .seconds(1))
        await work.relay.value
        for task in work.tasks { await task.value }
        await database.close()
    }

    /// Gives the relay up to two seconds to publish the rest; what is left waits in the outbox.
    private func drain(_ database: Database) async {
        let deadline = ContinuousClock.now + .seconds(2)
        while .now < deadline, let backlog = try? await database.read({ try OutboxBacklog.read($0) }),
            backlog.pending > 0
        {
            try? await Task.sleep(for: .milliseconds(20))  // Not cancelled; the loop ends by the deadline.
        }
    }
}
