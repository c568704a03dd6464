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
            "Contracts", "Events", "HTTPServer", "Messaging", "Persistence", "ServiceKit", "SharedKernel", "Telemetry",
            "Time",
        ] + more,
        path: "Sources/Services/\(name)", swiftSettings: strict)
}

func tests(_ name: String, of dependencies: [Target.Dependency], in folder: String = "Platform/") -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(folder)\(name)", swiftSettings: strict)
}

/// Unit tests of a service, without sockets or broker.
func serviceTests(_ name: String, _ more: [Target.Dependency] = []) -> Target {
    tests(
        "\(name)Tests",
        of: [
            .byName(name: name), "ServiceTestSupport", "Contracts", "Events", "HTTPServer", "Messaging", "Persistence",
            "ServiceKit", "Telemetry", "Time",
        ] + more,
        in: "Services/")
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
        platform("Time"),
        platform("Telemetry", ["JSONCoding", "Time"]),
        platform("Kafka", ["CRdKafka", "Telemetry"]),
        platform("Persistence", ["CSQLite", "Telemetry", "Time"]),
        platform("Events", ["JSONCoding", "Telemetry", "Time"]),
        platform("Messaging", ["Events", "Persistence", "Telemetry", "Time"]),
        platform("HTTPServer", ["CMicroHTTPD", "CMicroHTTPDAnswers", "JSONCoding", "Telemetry", "Time"]),
        platform("HTTPClient", ["CCurl", "Telemetry", "Time"]),
        platform("Resilience", ["Telemetry", "Time"]),
        platform(
            "ServiceKit",
            [
                "Events", "HTTPServer", "JSONCoding", "Kafka", "Messaging", "Persistence", "StopSignals", "Telemetry",
                "Time",
            ]),

        .target(
            name: "Contracts", dependencies: ["Events"], path: "Sources/Contracts", swiftSettings: strict),
        .target(
            name: "SharedKernel", dependencies: ["Contracts", "Persistence"], path: "Sources/SharedKernel",
            swiftSettings: strict),
        service("OrderService", ["HTTPClient", "JSONCoding", "Resilience"]),
        service("PaymentService"),
        service("StoreService"),

        .target(name: "CLoopbackPort", path: "Sources/Tools/CLoopbackPort"),
        .executableTarget(
            name: "EmbeddedBroker", dependencies: ["CLoopbackPort", "Kafka", "StopSignals"],
            path: "Sources/Tools/EmbeddedBroker", swiftSettings: strict),

        tests("TimeTests", of: ["Time"]),
        tests("JSONCodingTests", of: ["JSONCoding"]),
        tests("TelemetryTests", of: ["JSONCoding", "Telemetry"]),
        tests("KafkaTests", of: ["CLoopbackPort", "EmbeddedBroker", "Kafka", "Telemetry", "Time"]),
        tests("PersistenceTests", of: ["Persistence", "Telemetry", "Time"]),
        tests("EventsTests", of: ["Events", "Telemetry", "Time"]),
        tests("MessagingTests", of: ["Events", "Messaging", "Persistence", "Telemetry", "Time"]),
        .target(name: "RawHTTP", path: "Tests/Platform/RawHTTP", swiftSettings: strict),
        tests("HTTPServerTests", of: ["HTTPServer", "RawHTTP", "Telemetry", "Time"]),
        tests("HTTPClientTests", of: ["HTTPClient", "Telemetry", "Time"]),
        tests("ResilienceTests", of: ["Resilience", "Telemetry", "Time"]),
        tests(
            "ServiceKitTests",
            of: ["CLoopbackPort", "Events", "Kafka", "Messaging", "Persistence", "ServiceKit", "Telemetry", "Time"]),

        .target(
            name: "ServiceTestSupport",
            dependencies: ["Events", "HTTPServer", "Messaging", "Persistence", "ServiceKit", "Telemetry", "Time"],
            path: "Tests/Services/Support", swiftSettings: strict),
        serviceTests("OrderService", ["HTTPClient", "Resilience"]),
        serviceTests("PaymentService"),
        serviceTests("StoreService"),

        tests(
            "ArchitectureTests",
            of: ["OrderService", "PaymentService", "StoreService", "Events", "Messaging", "Persistence", "ServiceKit"],
            in: ""),
        tests(
            "EndToEndTests",
            of: [
                "OrderService", "PaymentService", "StoreService", "EmbeddedBroker", "HTTPClient", "Persistence",
                "RawHTTP", "Telemetry", "Time",
            ], in: ""),
    ],
    swiftLanguageModes: [.v6]
)
