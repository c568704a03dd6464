import CRdKafka
public import Records
public import Telemetry

/// librdkafka's in-process broker: real protocol over loopback, messages in memory only.
///
/// Lives as long as this object. Keeps the newest 5 MiB or 100,000 batches of each partition and drops older ones.
/// `@unchecked Sendable`: the cluster runs its own thread and takes commands through a queue (rdkafka_mock.h, every
/// call is an operation handed to that thread); `cluster` is a constant that `deinit` frees before its owner `handle`.
public final class MockCluster: @unchecked Sendable {
    private let handle: KafkaHandle
    private let cluster: OpaquePointer

    /// `127.0.0.1:port`, the port chosen by the system.
    public let bootstrapServers: String

    /// - Parameter brokers: their ids are 1, 2, and so on.
    /// - Throws: ``KafkaError`` when a listener cannot be opened.
    public init(brokers: Int32 = 1, log: Log = .silent) throws(KafkaError) {
        let log = KafkaLog(log, client: "mock")
        handle = try KafkaHandle(RD_KAFKA_PRODUCER, [["client.id": "mock"]], context: KafkaContext(log: log))
        guard let cluster = rd_kafka_mock_cluster_new(handle.pointer, brokers) else {
            throw KafkaError(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE, reason: "The mock broker cannot open its port")
        }
        self.cluster = cluster
        bootstrapServers = String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
    }

    deinit { rd_kafka_mock_cluster_destroy(cluster) }

    /// A topic that is used without being created gets 4 partitions.
    public func createTopic(_ name: String, partitions: Int = 32, replication: Int = 1) throws(KafkaError) {
        let code = rd_kafka_mock_topic_create(
            cluster, name, Int32(clamping: partitions), Int32(clamping: replication))
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, topic: name) }
    }

    /// The kinds of requests that faults can be pushed for; the values are Kafka's
    /// (https://kafka.apache.org/protocol#protocol_api_keys).
    public enum Request: Int16, Sendable {
        case produce = 0
        case fetch = 1
        case listOffsets = 2
        case metadata = 3
        case offsetCommit = 8
        case offsetFetch = 9
        case findCoordinator = 10
        case joinGroup = 11
        case heartbeat = 12
        case syncGroup = 14
        case initProducerId = 22
    }

    /// Answers the next requests of one kind with these broker error codes, one each; 0 lets one pass,
    /// -195 (`ERR__TRANSPORT`) drops the connection.
    public func push(errors: [Int32], for request: Request) {
        var codes = errors.map { rd_kafka_resp_err_t($0) }
        rd_kafka_mock_push_request_errors_array(cluster, request.rawValue, codes.count, &codes)
    }

    /// Delays the broker's answer to the next request of one kind, in addition to earlier calls: those after it.
    public func delay(_ request: Request, by delay: Duration, broker id: Int32 = 1) {
        _ = crdkafka_mock_delay(cluster, id, request.rawValue, delay.milliseconds)
    }

    /// Closes the broker's connections and its listener.
    public func stopBroker(_ id: Int32 = 1) { rd_kafka_mock_broker_set_down(cluster, id) }

    public func startBroker(_ id: Int32 = 1) { rd_kafka_mock_broker_set_up(cluster, id) }

    /// Takes the leader of one partition away, so that nobody can write or read it, or names one.
    public func setLeader(of place: TopicPartition, broker id: Int32?) {
        rd_kafka_mock_partition_set_leader(cluster, place.topic, Int32(clamping: place.partition), id ?? -1)
    }

    /// Delays every answer of the broker.
    public func setRoundTrip(_ delay: Duration, broker id: Int32 = 1) {
        rd_kafka_mock_broker_set_rtt(cluster, id, delay.milliseconds)
    }
}
