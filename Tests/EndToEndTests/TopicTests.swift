import Checkout
import Foundation
import HTTPClient
import Testing

extension EndToEndTests {
    /// What others see on the topic, read with kcat.
    @Suite(.serialized) struct TopicTests {
        /// The embedded broker, and the real Kafka that `KAFKA_TEST_BOOTSTRAP` names.
        static let brokers: [String?] = Repository.environment["KAFKA_TEST_BOOTSTRAP"].map { [nil, $0] } ?? [nil]

        @Test("Every step of an order is one event with all its headers and the order id as key", arguments: brokers)
        func events(kafka: String?) async throws {
            let system = try await FoodSystem.start(kafka: kafka)
            let ids = (1...5).map { "k-\($0)" }
            for id in ids { #expect(try await system.order(id).status == 201) }
            await eventually("the store has them") { try await system.total(.store, "orderManages") == 5 }
            for number in 1...5 {
                let accepted = try await system.send(
                    .put, .store, "orderManages/\(number)/accept", #"{"cookMinutes":60}"#)
                #expect(accepted.status == 200)
            }
            await eventually("the customers see it") {
                try await system.status(.order, "orderInfos", "k-5") == "orderAccept"
            }
            let records = try await read(system).filter { $0.key.hasPrefix("k-") }
            for id in ids {
                let types = records.filter { $0.key == id }.compactMap { $0.headers["type"] }
                #expect(types.sorted() == ["OrderAccepted", "OrderPlaced", "PaymentApproved", "StockDecreased"])
            }
            #expect(Set(records.compactMap { $0.headers["ce_id"] }).count == records.count)
            for record in records { check(record) }
            await system.stop()
        }

        private func check(_ record: Record) {
            let headers = record.headers
            #expect(
                headers["spring_json_header_types"] == #"{"type":"java.lang.String","contentType":"java.lang.String"}"#)
            #expect(headers["contentType"] == "application/json")
            #expect(headers["ce_specversion"] == "1.0")
            #expect(headers["ce_type"] == headers["type"])
            #expect(headers["ce_subject"] == record.key)
            #expect(ListedService.all.map(\.name).contains(headers["ce_source"] ?? ""))
            #expect(headers["ce_time"]?.hasSuffix("Z") == true)
            #expect(headers["traceparent"]?.count == 55)
            #expect(headers["causationid"]?.isEmpty == false)
            #expect(headers["causedby"]?.isEmpty == false)
            #expect(record.payload.hasPrefix(#"{"eventType":"\#(headers["type"] ?? "")","timestamp":"#))
            let json = (try? JSONSerialization.jsonObject(with: Data(record.payload.utf8))) as? [String: Any]
            #expect(json?["orderId"] as? String == record.key)
        }

        private struct Record {
            var key: String
            var headers: [String: String]
            var payload: String
        }

        private func read(_ system: FoodSystem) async throws -> [Record] {
            let lines = try await run(
                "kcat", ["-b", system.bootstrap, "-C", "-t", system.topic, "-o", "beginning", "-e", "-q", "-J"])
            return try lines.split(separator: "\n").map { line in
                let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                // kcat writes headers as a flat list: name, value, name, value.
                let list = (object["headers"] as? [String]) ?? []
                let pairs = stride(from: 0, to: list.count - 1, by: 2).map { (list[$0], list[$0 + 1]) }
                return Record(
                    key: object["key"] as? String ?? "", headers: Dictionary(pairs) { _, last in last },
                    payload: object["payload"] as? String ?? "")
            }
        }

        @Test("Garbage on the topic goes to the dead letters or is skipped, and orders go on")
        func garbage() async throws {
            let system = try await FoodSystem.start()
            let poison = [
                ("PaymentApproved", "not json"), ("PaymentApproved", #"{"orderId":5}"#), ("PaymentApproved", "\u{0}"),
                ("Unheard", "{}"), ("", "{}"),
            ]
            for (type, payload) in poison {
                _ = try await run(
                    "sh", ["-c", #"printf '%s' "$PAYLOAD" | kcat -b "$BROKER" -P -t "$TOPIC" -H "type=$TYPE""#],
                    environment: [
                        "PAYLOAD": payload.replacingOccurrences(of: "\u{0}", with: "\u{1}"), "TYPE": type,
                        "BROKER": system.bootstrap, "TOPIC": system.topic,
                    ])
            }
            #expect(try await system.order("g-1").status == 201)
            await eventually("the store has the order") {
                try await system.status(.store, "orderManages", "g-1") == "orderCmplt"
            }
            await eventually("the store has set the bad ones aside") {
                try await system.metric(.store, "dlq_records_total") == 4
            }
            let letters = "error.\(system.topic).store"
            await eventually("they are on the dead-letter topic, with the reason") {
                let lines = try await run(
                    "kcat", ["-b", system.bootstrap, "-C", "-t", letters, "-e", "-q", "-f", "%h\n"])
                return lines.split(separator: "\n").filter { $0.contains("x-exception-message=") }.count == 4
            }
            await system.stop()
        }
    }
}
