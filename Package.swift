// swift-tools-version:6.2
import Foundation
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

/// Names of the services, from the one list of them.
let services = try String(contentsOfFile: "\(Context.packageDirectory)/deploy/services.tsv", encoding: .utf8)
    .split(separator: "\n").filter { !$0.hasPrefix("#") }.map { row in
        let columns = row.split(separator: "\t")
        precondition(columns.count == 3, "deploy/services.tsv: not name, port, resources between tabs: \(row)")
        return String(columns[0])
    }

/// What a service and its tests use beside what all of them do.
let more: [String: [Target.Dependency]] = [
    "order": ["HTTPClient", "JSONCoding", "Resilience"],
    "customer": ["HTTPClient", "JSONCoding", "Signing"],
    "payment": ["HTTPClient", "JSONCoding"],
    "store": ["JSONCoding"],
]

/// `OrderService` for `order`.
func target(of service: String) -> String { service.capitalized + "Service" }

/// One bounded context: one executable, one container image, one database, one consumer group.
func service(_ name: String) -> Target {
    .executableTarget(
        name: target(of: name),
        dependencies: [
            "Contracts", "Events", "HTTPServer", "Messaging", "Persistence", "ServiceKit", "SharedKernel", "Telemetry",
            "Time",
        ] + more[name, default: []],
        path: "Sources/Services/\(target(of: name))", swiftSettings: strict)
}

func tests(_ name: String, of dependencies: [Target.Dependency], in folder: String = "Platform/") -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(folder)\(name)", swiftSettings: strict)
}

/// Unit tests of a service, without sockets or broker.
func serviceTests(_ name: String) -> Target {
    tests(
        "\(target(of: name))Tests",
        of: [
            .byName(name: target(of: name)), "ServiceTestSupport", "Contracts", "Events", "FreshDatabase", "HTTPServer",
            "Messaging", "Persistence", "ServiceKit", "Telemetry", "Time",
        ] + more[name, default: []],
        in: "Services/")
}

let serviceTargets = services.map { Target.Dependency.byName(name: target(of: $0)) }

let package = Package(
    name: "food-delivery",
    products: [.executable(name: "broker", targets: ["EmbeddedBroker"])]
        + services.map { .executable(name: $0, targets: [target(of: $0)]) },
    targets: [
        cLibrary("CRdKafka", pkgConfig: "rdkafka", apt: "librdkafka-dev"),
        cLibrary("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
        .target(
            name: "CMicroHTTPDAnswers", dependencies: ["CMicroHTTPD"], path: "Sources/CLibraries/CMicroHTTPDAnswers"),
        cLibrary("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        cLibrary("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
        cLibrary("CPostgreSQL", pkgConfig: "libpq", apt: "libpq-dev"),
        cLibrary("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),

        platform("JSONCoding"),
        platform("StopSignals"),
        platform("Time"),
        platform("Telemetry", ["JSONCoding", "Time"]),
        platform("Records"),
        platform("Kafka", ["CRdKafka", "Records", "Telemetry"]),
        platform("Persistence", ["CPostgreSQL", "CSQLite", "Telemetry", "Time"]),
        platform("Events", ["JSONCoding", "Records", "Telemetry", "Time"]),
        platform("Messaging", ["Events", "JSONCoding", "Persistence", "Records", "Telemetry", "Time"]),
        platform("HTTPServer", ["CMicroHTTPD", "CMicroHTTPDAnswers", "JSONCoding", "Telemetry", "Time"]),
        platform("HTTPClient", ["CCurl", "Telemetry", "Time"]),
        platform("Resilience", ["Telemetry", "Time"]),
        platform("Signing", ["CCrypto"]),
        platform(
            "ServiceKit",
            [
                "Events", "HTTPClient", "HTTPServer", "JSONCoding", "Kafka", "Messaging", "Persistence", "Records",
                "StopSignals", "Telemetry", "Time",
            ]),

        .target(
            name: "Contracts", dependencies: ["Events"], path: "Sources/Contracts", swiftSettings: strict),
        .target(
            name: "SharedKernel", dependencies: ["Contracts", "Persistence"], path: "Sources/SharedKernel",
            swiftSettings: strict),

        .target(name: "CLoopbackPort", path: "Sources/Tools/CLoopbackPort"),
        .executableTarget(
            name: "EmbeddedBroker", dependencies: ["CLoopbackPort", "Kafka", "StopSignals"],
            path: "Sources/Tools/EmbeddedBroker", swiftSettings: strict),

        tests("TimeTests", of: ["Time"]),
        tests("JSONCodingTests", of: ["JSONCoding"]),
        tests("TelemetryTests", of: ["Telemetry", "Time"]),
        tests("KafkaTests", of: ["CLoopbackPort", "EmbeddedBroker", "Kafka", "Records", "Telemetry", "Time"]),
        .target(
            name: "FreshDatabase", dependencies: ["CPostgreSQL"], path: "Tests/Platform/FreshDatabase",
            swiftSettings: strict),
        tests("PersistenceTests", of: ["FreshDatabase", "Persistence", "Telemetry", "Time"]),
        tests("EventsTests", of: ["Events", "Records", "Telemetry", "Time"]),
        tests(
            "MessagingTests",
            of: ["Events", "FreshDatabase", "Messaging", "Persistence", "Records", "Telemetry", "Time"]),
        .target(name: "RawHTTP", path: "Tests/Platform/RawHTTP", swiftSettings: strict),
        tests("HTTPServerTests", of: ["HTTPServer", "JSONCoding", "RawHTTP", "Telemetry", "Time"]),
        tests("HTTPClientTests", of: ["HTTPClient", "Telemetry", "Time"]),
        tests("ResilienceTests", of: ["Resilience", "Telemetry", "Time"]),
        tests("SigningTests", of: ["Signing"]),
        tests(
            "ServiceKitTests",
            of: [
                "Events", "FreshDatabase", "HTTPServer", "Kafka", "Messaging", "Persistence", "RawHTTP", "Records",
                "ServiceKit", "ServiceTestSupport", "StopSignals", "Telemetry", "Time",
            ]),

        .target(
            name: "ServiceTestSupport",
            dependencies: [
                "Events", "FreshDatabase", "HTTPServer", "Messaging", "Persistence", "ServiceKit", "Telemetry", "Time",
            ],
            path: "Tests/Services/Support", swiftSettings: strict),

        .target(name: "Checkout", path: "Tests/Checkout", swiftSettings: strict),
        tests(
            "ArchitectureTests",
            of: serviceTargets + ["Checkout", "Events", "Messaging", "Persistence", "ServiceKit"], in: ""),
        tests(
            "EndToEndTests",
            of: serviceTargets + [
                "Checkout", "EmbeddedBroker", "FreshDatabase", "HTTPClient", "Persistence", "RawHTTP", "Telemetry",
                "Time",
            ], in: ""),
    ] + services.flatMap { [service($0), serviceTests($0)] },
    swiftLanguageModes: [.v6]
)
