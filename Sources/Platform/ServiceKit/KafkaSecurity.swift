import Foundation

/// How a service encrypts what it says to the brokers, and who it says it is.
struct KafkaSecurity: Sendable {
    /// librdkafka's.
    private(set) var properties: [String: String]

    private enum Scheme: String, CaseIterable {
        case plaintext, ssl
        case saslPlaintext = "sasl_plaintext"
        case saslSSL = "sasl_ssl"

        var isEncrypted: Bool { self == .ssl || self == .saslSSL }
        var isAuthenticated: Bool { self == .saslPlaintext || self == .saslSSL }
    }

    /// What is set and not used is refused: whoever set it believes in a protection that is not there.
    init(_ environment: ServiceEnvironment) throws(ServiceEnvironment.Invalid) {
        let scheme = try environment[Self.scheme]
        properties = ["security.protocol": scheme.rawValue]
        for (settings, isUsed) in [(Self.tls, scheme.isEncrypted), (Self.sasl, scheme.isAuthenticated)] {
            for (setting, property) in settings {
                let value = try environment[setting]
                if value.isEmpty { continue }
                guard isUsed else {
                    throw .init(
                        description: "\(setting.name) is set, which \(Self.scheme.name)=\(scheme.rawValue) does not use"
                    )
                }
                properties[property] = value
            }
        }
        for (setting, property) in Self.sasl where scheme.isAuthenticated && properties[property] == nil {
            throw .init(description: "\(Self.scheme.name)=\(scheme.rawValue) needs \(setting.name)")
        }
        for (one, other) in Self.pairs where properties[one.property] != nil && properties[other.property] == nil {
            throw .init(description: "\(one.setting.name) needs \(other.setting.name)")
        }
    }

    /// librdkafka's words, with the variables in place of its properties.
    static func withVariables(_ reason: String) -> String {
        (tls + sasl).reduce(reason) { text, row in
            let isKey = row.property == key.property
            return text.replacingOccurrences(
                of: row.property, with: row.setting.name + (isKey ? " (or \(keyPassword.setting.name))" : ""))
        }
    }

    static var all: [any AnySetting] { [scheme] + (tls + sasl).map(\.setting) }

    private typealias Row = (setting: Setting<String>, property: String)
    private static let tls: [Row] = [
        (caFile, "ssl.ca.location"), certificate, key, keyPassword,
    ]
    private static let sasl: [Row] = [
        (mechanism, "sasl.mechanisms"), (username, "sasl.username"), (password, "sasl.password"),
    ]
    /// The first of each needs the second.
    private static let pairs: [(Row, Row)] = [(certificate, key), (key, certificate), (keyPassword, key)]

    private static let scheme = Setting<Scheme>(
        "KAFKA_SECURITY_PROTOCOL", default: .plaintext,
        "encryption (ssl) and user names (sasl) of the brokers' listener")
    private static let caFile = Setting.file(
        "KAFKA_SSL_CA_FILE", "PEM: who signed the brokers' certificates; default: whom the system trusts")
    private static let certificate: Row = (
        .file("KAFKA_SSL_CERTIFICATE_FILE", "PEM: the service's own certificate, for mutual TLS"),
        "ssl.certificate.location"
    )
    private static let key: Row = (.file("KAFKA_SSL_KEY_FILE", "PEM: the key of that"), "ssl.key.location")
    private static let keyPassword: Row = (
        .secret("KAFKA_SSL_KEY_PASSWORD", "of the key's file, if it has one; never logged"),
        "ssl.key.password"
    )
    private static let mechanism = Setting(
        "KAFKA_SASL_MECHANISM", default: "", "how the password is shown", expected: "one of \(mechanisms)",
        allowed: mechanisms
    ) { text in text.isEmpty || mechanisms.components(separatedBy: ", ").contains(text) ? text : nil }
    private static let mechanisms = "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512"
    private static let username = Setting("KAFKA_SASL_USERNAME", default: "", "who the service is")
    private static let password = Setting.secret("KAFKA_SASL_PASSWORD", "of that user; never logged")
}
