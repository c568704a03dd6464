import Foundation
import Testing

extension EndToEndTests {
    /// The sessions of the source documents, typed with httpie as they were, on the ports they used. `make run` must
    /// not be running beside them.
    @Suite(.serialized) struct TranscriptTests {
        private static var customer: [String: Any] {
            [
                "orderId": "a123", "custId": "hkh9405", "custAddr": "불정로 10", "custTel": "010-1234-5678",
                "orderInfo": "김치찌개:1,제육볶음:2", "totPrice": 18000,
            ]
        }
        private static let order = [
            "orderId=a123", "custId=hkh9405", "custAddr=불정로 10", "custTel=010-1234-5678",
            "orderInfo=김치찌개:1,제육볶음:2", "totPrice=18000",
        ]

        @Test("The sessions of the source documents can be repeated literally, directly and through the gateway")
        func sessions() async throws {
            let system = try await RunningSystem.start()
            for port in [8081, 8088] {
                let empty = try await Exchange("GET", ":\(port)/orders")
                empty.expect(200, "application/hal+json", Self.list("orders", [], port, base: "orders"))
            }
            let placed = try await Exchange("POST", ":8081/orders", Self.order)
            // The transcript shows null: there the order was read before its event came back. Ours is paid when we answer.
            placed.expect(201, "application/json", Self.order(at: 8081))
            #expect(placed.headers["location"] == "http://localhost:8081/orders/1")
            for port in [8082, 8088] {
                let item = Self.item("pay", port, "pays/1", status: NSNull())
                try await Exchange("GET", ":\(port)/pays")
                    .expect(200, "application/hal+json", Self.list("pays", [item], port, base: "pays"))
            }
            await eventually("the store has the order") {
                try await Exchange("GET", ":8083/orderManages/1").status == 200
            }
            for port in [8083, 8088] {
                let item = Self.item(
                    "orderManage", port, "orderManages/1", status: "orderCmplt", commands: ["accept", "reject"])
                try await Exchange("GET", ":\(port)/orderManages")
                    .expect(200, "application/hal+json", Self.list("orderManages", [item], port, base: "orderManages"))
            }
            try await throughTheGateway()
            try await paymentAway(system)
            await system.stop()
        }

        /// The same order again, and another one, through the gateway: links point at the gateway.
        private func throughTheGateway() async throws {
            let again = try await Exchange("POST", ":8088/orders", Self.order)
            again.expect(201, "application/json", Self.order(at: 8088))
            #expect(again.headers["location"] == "http://localhost:8088/orders/1")
            for path in [
                "orderInfos", "orderViews", "orderDtls", "shopPages", "foodCookings", "menus", "stores", "menuItems",
            ] {
                #expect(try await Exchange("GET", ":8088/\(path)").status == 200, "\(path)")
            }
            #expect(try await Exchange("GET", ":8088/actuator/health").status == 404)
        }

        /// Section 4: with payment away the transcript has a bare 500; here the order waits, however often it is sent.
        private func paymentAway(_ system: RunningSystem) async throws {
            try await system.control("stop", "payment")
            for port in [8081, 8088] {
                let waiting = try await Exchange("POST", ":\(port)/orders", ["orderId=a124"] + Self.order.dropFirst())
                #expect(waiting.status == 202)
                #expect(waiting.headers["retry-after"] != nil)
                #expect(waiting.body["status"] as? String == "payWait")
                #expect(waiting.body["place"] as? Int == 1)
                #expect(waiting.body["payBy"] is String)
            }
        }

        // MARK: - The documents

        private static func link(_ port: Int, _ path: String) -> [String: Any] {
            ["href": "http://localhost:\(port)/\(path)"]
        }

        private static func item(
            _ singular: String, _ port: Int, _ path: String, status: Any, commands: [String] = []
        ) -> [String: Any] {
            var links: [String: Any] = ["self": link(port, path), singular: link(port, path)]
            for command in commands { links[command] = link(port, "\(path)/\(command)") }
            return customer.merging(["status": status, "_links": links]) { _, new in new }
        }

        /// The order that was placed; it can be canceled.
        private static func order(at port: Int) -> [String: Any] {
            var order = item("order", port, "orders/1", status: "orderCmplt")
            order["_links"] = ["self", "order", "cancel"].reduce(into: [:] as [String: Any]) {
                $0[$1] = link(port, "orders/1")
            }
            return order
        }

        private static func list(_ plural: String, _ items: [[String: Any]], _ port: Int, base: String) -> [String: Any]
        {
            [
                "_embedded": [plural: items],
                "_links": ["self": link(port, base), "profile": link(port, "profile/\(plural)")],
                "page": ["number": 0, "size": 20, "totalElements": items.count, "totalPages": items.isEmpty ? 0 : 1],
            ]
        }
    }
}

/// One httpie call and what came back.
struct Exchange {
    var status = 0
    /// Names in lower case.
    var headers: [String: String] = [:]
    var body: [String: Any] = [:]

    init(_ method: String, _ url: String, _ arguments: [String] = []) async throws {
        let text = try await run(
            "http", ["--ignore-stdin", "--pretty=none", "--print=hb", method, url] + arguments)
        let parts = text.components(separatedBy: text.contains("\r\n\r\n") ? "\r\n\r\n" : "\n\n")
        let lines = parts[0].split(whereSeparator: \.isNewline)
        status = lines.first.flatMap { Int($0.split(separator: " ").dropFirst().first ?? "") } ?? 0
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(
                in: .whitespaces)
        }
        let json = Data(parts.dropFirst().joined(separator: "\n\n").utf8)
        body = (try? JSONSerialization.jsonObject(with: json)) as? [String: Any] ?? [:]
    }

    func expect(
        _ status: Int, _ contentType: String, _ document: [String: Any],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(self.status == status, sourceLocation: sourceLocation)
        #expect(headers["content-type"] == contentType, sourceLocation: sourceLocation)
        #expect(body as NSDictionary == document as NSDictionary, sourceLocation: sourceLocation)
    }
}
