#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

/// Delays the mock broker's answer to the next request of one kind; variadic, which Swift cannot import.
static inline rd_kafka_resp_err_t crdkafka_mock_delay(
    rd_kafka_mock_cluster_t *cluster, int32_t broker, int16_t api_key, int milliseconds) {
    return rd_kafka_mock_broker_push_request_error_rtts(
        cluster, broker, api_key, 1, RD_KAFKA_RESP_ERR_NO_ERROR, milliseconds);
}

/// Queues one message; the key decides the partition.
///
/// `rd_kafka_producev` is variadic, which Swift cannot import, and its array form returns an error object that has to
/// be freed. On success librdkafka owns `headers`; on failure the caller still does. A NULL `key` or `payload` is sent
/// as null. No partition is named on purpose: 2.0.2 frees headers twice when a named one does not exist.
static inline rd_kafka_resp_err_t crdkafka_produce(
    rd_kafka_t *client, rd_kafka_topic_t *topic, const void *key, size_t key_size, const void *payload,
    size_t payload_size, rd_kafka_headers_t *headers, void *opaque) {
    return rd_kafka_producev(
        client, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key, key_size),
        RD_KAFKA_V_VALUE((void *)payload, payload_size), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(opaque),
        RD_KAFKA_V_END);
}
