import CLoopbackPort
import Dispatch
import Foundation
import Kafka
import StopSignals

/// A Kafka broker in one small process, for development and tests: librdkafka's mock cluster on a known port.
enum EmbeddedBroker {
    static let version = "1.0"
    static let help = """
        Usage: broker
        Runs an in-memory Kafka broker on 127.0.0.1 until SIGTERM or SIGINT. Prints its address once it accepts clients.
        Messages are lost when it ends, and the oldest beyond 5 MiB per partition are dropped while it runs.

        BROKER_PORT       port, 0 for any free one (9092)
        KAFKA_TOPIC       topic that is created at start (fooddelivery)
        KAFKA_PARTITIONS  partitions of that topic, 1 to 1000 (32)
        """

    /// Serves until a signal comes.
    /// - Returns: the exit code of the process.
    static func run(_ environment: [String: String]) -> Int32 {
        do {
            let signals = try StopSignals()
            let settings = try BrokerSettings(environment)
            let failure = loopback_port_reserve(settings.port)
            guard failure == 0 else {
                let reason = String(cString: strerror(failure))
                return fail("Port \(settings.port) of 127.0.0.1: \(reason); BROKER_PORT chooses another one")
            }
            // Clients know an empty broker from the one before by the cluster id, which librdkafka makes of an address
            // in memory: the same in each run where addresses are not randomised. So move it.
            let spacer = UnsafeMutableRawPointer.allocate(byteCount: .random(in: 1...100_000), alignment: 16)
            defer { spacer.deallocate() }
            let cluster = try MockCluster()
            try cluster.createTopic(settings.topic, partitions: settings.partitions)
            FileHandle.standardOutput.write(Data("\(cluster.bootstrapServers)\n".utf8))
            withExtendedLifetime(cluster) { signals.wait() }
            return EXIT_SUCCESS
        } catch {
            return fail("\(error)")
        }
    }

    /// Says why on stderr, in one line.
    static func fail(_ reason: String) -> Int32 {
        FileHandle.standardError.write(Data("broker: \(reason)\n".utf8))
        return EXIT_FAILURE
    }
}
