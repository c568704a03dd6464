// swift-tools-version:6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// C headers only. Each one is imported by exactly one Platform target.
func cLibrary(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, path: "Sources/CLibraries/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// Business-free building block.
func platform(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/Platform/\(name)", swiftSettings: strict)
}

/// One bounded context: one executable, one container image, one database, one consumer group.
func service(_ name: String, _ more: [Target.Dependency] = []) -> Target {
    .executableTarget(
        name: name,
        dependencies: [
            "FoodDeliveryEvents", "EventBus", "HTTPServer", "Outbox", "Persistence", "ServiceKit", "Telemetry",
        ] + more,
        path: "Sources/Services/\(name)", swiftSettings: strict)
}

func tests(_ name: String, of dependencies: [Target.Dependency], in folder: String) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(folder)\(name)", swiftSettings: strict)
}

let package = Package(
    name: "food-delivery",
    products: [
        .executable(name: "order", targets: ["OrderService"]),
        .executable(name: "payment", targets: ["PaymentService"]),
        .executable(name: "store", targets: ["StoreService"]),
        .executable(name: "broker", targets: ["EmbeddedBroker"]),
    ],
    targets: [
        cLibrary("CRdKafka", pkgConfig: "rdkafka", apt: "librdkafka-dev"),
        cLibrary("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
        .target(
            name: "CMicroHTTPDAnswers", dependencies: ["CMicroHTTPD"], path: "Sources/CLibraries/CMicroHTTPDAnswers"),
        cLibrary("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        cLibrary("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),

        platform("JSONCoding"),
        platform("StopSignals"),
        platform("Telemetry", ["JSONCoding"]),
        platform("Kafka", ["CRdKafka", "Telemetry"]),
        platform("Persistence", ["CSQLite", "Telemetry"]),
        platform("EventBus", ["JSONCoding", "Persistence", "Telemetry"]),
        platform("Outbox", ["EventBus", "Persistence", "Telemetry"]),
        platform("HTTPServer", ["CMicroHTTPD", "CMicroHTTPDAnswers", "JSONCoding", "Telemetry"]),
        platform("HTTPClient", ["CCurl", "Telemetry"]),
        platform(
            "ServiceKit",
            [
                "EventBus", "HTTPServer", "JSONCoding", "Kafka", "Outbox", "Persistence", "StopSignals", "Telemetry",
            ]),

        .target(
            name: "FoodDeliveryEvents", dependencies: ["EventBus"], path: "Sources/Contracts", swiftSettings: strict),
        service("OrderService", ["HTTPClient", "JSONCoding"]),
        service("PaymentService"),
        service("StoreService"),

        .target(name: "CLoopbackPort", path: "Sources/Tools/CLoopbackPort"),
        .executableTarget(
            name: "EmbeddedBroker", dependencies: ["CLoopbackPort", "Kafka", "StopSignals"],
            path: "Sources/Tools/EmbeddedBroker", swiftSettings: strict),

        tests("JSONCodingTests", of: ["JSONCoding"], in: "Platform/"),
        tests("TelemetryTests", of: ["JSONCoding", "Telemetry"], in: "Platform/"),
        tests("KafkaTests", of: ["CLoopbackPort", "EmbeddedBroker", "Kafka", "Telemetry"], in: "Platform/"),
        tests("PersistenceTests", of: ["Persistence", "Telemetry"], in: "Platform/"),
        tests("EventBusTests", of: ["EventBus", "Persistence", "Telemetry"], in: "Platform/"),
        tests("OutboxTests", of: ["EventBus", "Outbox", "Persistence", "Telemetry"], in: "Platform/"),
        .target(name: "RawHTTP", path: "Tests/Platform/RawHTTP", swiftSettings: strict),
        tests("HTTPServerTests", of: ["HTTPServer", "RawHTTP", "Telemetry"], in: "Platform/"),
        tests("HTTPClientTests", of: ["HTTPClient", "Telemetry"], in: "Platform/"),

        tests(
            "ServiceKitTests",
            of: ["CLoopbackPort", "EventBus", "Kafka", "Outbox", "Persistence", "ServiceKit", "Telemetry"],
            in: "Platform/"),

        .target(
            name: "ServiceTestSupport",
            dependencies: ["EventBus", "HTTPServer", "Outbox", "Persistence", "ServiceKit", "Telemetry"],
            path: "Tests/Services/Support", swiftSettings: strict),
        tests(
            "OrderServiceTests",
            of: [
                "OrderService", "ServiceTestSupport", "FoodDeliveryEvents", "EventBus", "HTTPClient", "HTTPServer",
                "Outbox", "Persistence",
                "ServiceKit", "Telemetry",
            ], in: "Services/"),
        tests(
            "PaymentServiceTests",
            of: [
                "PaymentService", "ServiceTestSupport", "FoodDeliveryEvents", "EventBus", "HTTPServer", "Outbox",
                "Persistence", "ServiceKit",
                "Telemetry",
            ], in: "Services/"),
        tests(
            "StoreServiceTests",
            of: [
                "StoreService", "ServiceTestSupport", "FoodDeliveryEvents", "EventBus", "HTTPServer", "Outbox",
                "Persistence", "ServiceKit",
                "Telemetry",
            ], in: "Services/"),

        tests(
            "ArchitectureTests",
            of: ["OrderService", "PaymentService", "StoreService", "EventBus", "Persistence", "ServiceKit"], in: ""),
        tests(
            "EndToEndTests",
            of: [
                "OrderService", "PaymentService", "StoreService", "EmbeddedBroker", "HTTPClient", "Persistence",
                "RawHTTP", "Telemetry",
            ], in: ""),
    ],
    swiftLanguageModes: [.v6]
)
