import Foundation
import Testing

@testable import ServiceKit

/// Encryption and authentication, as the environment says it.
@Suite struct KafkaSecurityTests {
    private let folder = TemporaryFolder()

    /// - Returns: librdkafka's properties.
    private func properties(_ values: [String: String]) throws -> [String: String] {
        try KafkaSecurity(ServiceEnvironment(values)).properties
    }

    private func refusal(_ values: [String: String]) -> String? {
        let error = #expect(throws: ServiceEnvironment.Invalid.self) {
            try KafkaSettings(ServiceEnvironment(values), defaultTopic: "t")
        }
        return error?.description
    }

    private func file(_ name: String, _ text: String = "") throws -> String {
        let path = "\(folder.path)/\(name)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test("Without a word about it nothing is encrypted")
    func plain() throws {
        #expect(try properties([:]) == ["security.protocol": "plaintext"])
    }

    @Test("A user name and password over TLS", arguments: ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
    func sasl(mechanism: String) throws {
        let file = try file("ca.pem")
        let properties = try properties([
            "KAFKA_SECURITY_PROTOCOL": "sasl_ssl", "KAFKA_SSL_CA_FILE": file, "KAFKA_SASL_MECHANISM": mechanism,
            "KAFKA_SASL_USERNAME": "me", "KAFKA_SASL_PASSWORD": "hush",
        ])
        #expect(
            properties == [
                "security.protocol": "sasl_ssl", "ssl.ca.location": file, "sasl.mechanisms": mechanism,
                "sasl.username": "me", "sasl.password": "hush",
            ])
    }

    @Test("A certificate of its own")
    func mutual() throws {
        let file = try file("own.pem")
        let properties = try properties([
            "KAFKA_SECURITY_PROTOCOL": "ssl", "KAFKA_SSL_CERTIFICATE_FILE": file, "KAFKA_SSL_KEY_FILE": file,
            "KAFKA_SSL_KEY_PASSWORD": "hush",
        ])
        #expect(
            properties == [
                "security.protocol": "ssl", "ssl.certificate.location": file, "ssl.key.location": file,
                "ssl.key.password": "hush",
            ])
    }

    @Test(
        "What is missing, or set in vain, is refused in one line",
        arguments: [
            (["KAFKA_SECURITY_PROTOCOL": "sasl_ssl"], "KAFKA_SECURITY_PROTOCOL=sasl_ssl needs KAFKA_SASL_MECHANISM"),
            (
                ["KAFKA_SECURITY_PROTOCOL": "sasl_plaintext", "KAFKA_SASL_MECHANISM": "PLAIN"],
                "KAFKA_SECURITY_PROTOCOL=sasl_plaintext needs KAFKA_SASL_USERNAME"
            ),
            (
                [
                    "KAFKA_SECURITY_PROTOCOL": "sasl_ssl", "KAFKA_SASL_MECHANISM": "PLAIN", "KAFKA_SASL_USERNAME": "me",
                ], "KAFKA_SECURITY_PROTOCOL=sasl_ssl needs KAFKA_SASL_PASSWORD"
            ),
            (
                ["KAFKA_SASL_PASSWORD": "hush"],
                "KAFKA_SASL_PASSWORD is set, which KAFKA_SECURITY_PROTOCOL=plaintext does not use"
            ),
            (
                ["KAFKA_SECURITY_PROTOCOL": "ssl", "KAFKA_SASL_USERNAME": "me"],
                "KAFKA_SASL_USERNAME is set, which KAFKA_SECURITY_PROTOCOL=ssl does not use"
            ),
            (
                ["KAFKA_SSL_CA_FILE": "/dev/null"],
                "KAFKA_SSL_CA_FILE is set, which KAFKA_SECURITY_PROTOCOL=plaintext does not use"
            ),
            (
                ["KAFKA_SECURITY_PROTOCOL": "ssl", "KAFKA_SSL_CERTIFICATE_FILE": "/dev/null"],
                "KAFKA_SSL_CERTIFICATE_FILE needs KAFKA_SSL_KEY_FILE"
            ),
            (
                ["KAFKA_SECURITY_PROTOCOL": "ssl", "KAFKA_SSL_KEY_FILE": "/dev/null"],
                "KAFKA_SSL_KEY_FILE needs KAFKA_SSL_CERTIFICATE_FILE"
            ),
            (
                ["KAFKA_SECURITY_PROTOCOL": "ssl", "KAFKA_SSL_KEY_PASSWORD": "hush"],
                "KAFKA_SSL_KEY_PASSWORD needs KAFKA_SSL_KEY_FILE"
            ),
            (
                ["KAFKA_REPLICATION_FACTOR": "2", "KAFKA_MIN_INSYNC_REPLICAS": "3"],
                "KAFKA_MIN_INSYNC_REPLICAS is 3, more than KAFKA_REPLICATION_FACTOR"
            ),
        ])
    func combinations(values: [String: String], line: String) {
        #expect(refusal(values) == line)
    }

    @Test("A file that is no certificate is refused with librdkafka's words, in one line, without the password")
    func noCertificate() throws {
        let line = try #require(
            refusal([
                "KAFKA_SECURITY_PROTOCOL": "sasl_ssl", "KAFKA_SSL_CA_FILE": try file("ca.pem", "no certificate"),
                "KAFKA_SASL_MECHANISM": "PLAIN", "KAFKA_SASL_USERNAME": "me", "KAFKA_SASL_PASSWORD": "hush",
            ]))
        #expect(line.hasPrefix("KAFKA_SSL_CA_FILE failed: "))
        #expect(!line.contains("\n") && !line.contains("hush"))
    }

    @Test("A property that must stay as it is, or is unknown, is refused with the file and its line")
    func propertiesFile() throws {
        let path = try file("more.properties", "# durability\nacks=1")
        #expect(
            refusal(["KAFKA_PROPERTIES_FILE": path])
                == "KAFKA_PROPERTIES_FILE \(path): line 2: acks must stay as it is")
        let conflict = try file("conflict.properties", "producer.max.in.flight=6")
        let line = refusal(["KAFKA_PROPERTIES_FILE": conflict])
        #expect(line?.hasPrefix("KAFKA_PROPERTIES_FILE \(conflict): `max.in.flight` must be") == true, "\(line ?? "")")
        let binary = "\(folder.path)/binary"
        try Data([0xff, 0xfe, 0xff]).write(to: URL(filePath: binary))
        #expect(refusal(["KAFKA_PROPERTIES_FILE": binary]) == "KAFKA_PROPERTIES_FILE \(binary): cannot be read")
    }
}
