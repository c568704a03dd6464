import Foundation
import HTTPClient
import JSONCoding
import Signing
import Time

/// Naver Cloud's notification service (https://api.ncloud-docs.com/docs/ai-application-service-sens): signs requests and
/// reads answers.
///
/// It takes no idempotency key, so a request whose answer was lost is sent again, and may reach its reader twice.
struct SENS: Sendable {
    /// Scheme and authority.
    let url: String
    let accessKey: String
    let secretKey: String
    let client: HTTPClient
    let clock: Timestamp.Clock

    /// - Parameter path: with its slash; as it is signed, so it is sent.
    /// - Returns: the body of a request that was accepted, or why it was not.
    func post(_ path: String, _ body: some Encodable) async -> Result<Data, NotAccepted> {
        do {
            let time = String(clock().milliseconds)
            let response = try await client.send(
                ClientRequest(
                    .post, url + path,
                    headers: [
                        ("Content-Type", "application/json; charset=utf-8"), ("x-ncp-apigw-timestamp", time),
                        ("x-ncp-iam-access-key", accessKey),
                        ("x-ncp-apigw-signature-v2", try signature(path, time)),
                    ], body: try JSONCoder.encode(body)))
            return response.status == 202 ? .success(response.body) : .failure(NotAccepted(status: response.status))
        } catch let error as HTTPClientError {
            let outcome = error.code == .invalidRequest ? Outcome.refused : Outcome.failed
            return .failure(NotAccepted(outcome: outcome("\(error)")))
        } catch {
            return .failure(NotAccepted(outcome: .failed("\(error)")))
        }
    }

    /// https://api.ncloud-docs.com/docs/common-ncpapi
    private func signature(_ path: String, _ time: String) throws -> String {
        let text = "POST \(path)\n\(time)\n\(accessKey)"
        return try HMACSHA256.sign(Data(text.utf8), key: Data(secretKey.utf8)).base64EncodedString()
    }

    struct NotAccepted: Error {
        let outcome: Outcome
    }
}

extension SENS.NotAccepted {
    /// A wrong key and too many requests are no fault of the message's; what else is refused stays refused.
    init(status: Int) {
        let isRefusal = (400..<500).contains(status) && ![401, 403, 408, 429].contains(status)
        self.init(outcome: isRefusal ? .refused("SENS answered \(status)") : .failed("SENS answered \(status)"))
    }
}

/// A part of a request that both channels have.
struct SENSRecipient: Encodable {
    var countryCode = "82"
    /// Digits.
    let to: String
    let content: String

    /// - Returns: `nil` when the number cannot be dialled.
    init?(_ message: Message) {
        guard let number = Telephone.dialled(message.tel) else { return nil }
        (to, content) = (number, message.text)
    }

    private enum CodingKeys: CodingKey { case countryCode, to, content }

    static let noNumber = Outcome.refused("there is no telephone number")
}
