import Foundation
import JSONCoding

/// KakaoTalk alimtalk: texts of templates that were registered under the codes in ``Notice``
/// (https://api.ncloud-docs.com/docs/ai-application-service-sens-alimtalkv2).
struct AlimtalkNotifier: Notifier {
    let sens: SENS
    let serviceId: String
    /// Name of the channel, with its `@`.
    let plusFriendId: String
    let channel = Message.Channel.alimtalk

    func send(_ message: Message) async -> Outcome {
        guard let recipient = SENSRecipient(message) else { return SENSRecipient.noNumber }
        let body = AlimtalkRequest(
            plusFriendId: plusFriendId, templateCode: message.notice.rawValue, messages: [recipient])
        switch await sens.post("/alimtalk/v2/services/\(serviceId)/messages", body) {
        case .failure(let answer): return answer.outcome
        case .success(let answer): return Self.outcome(answer)
        }
    }

    /// A request can be accepted and its message not: nobody with that number uses KakaoTalk, the template is unknown.
    private static func outcome(_ answer: Data) -> Outcome {
        let decoded = try? JSONCoder.decode(Answer.self, from: answer)  // Accepted without a word is accepted.
        guard let message = decoded?.messages?.first, message.requestStatusName == "fail" else { return .sent }
        return .refused("alimtalk answered \(message.requestStatusCode ?? "fail")")
    }

    private struct AlimtalkRequest: Encodable {
        var plusFriendId, templateCode: String
        var messages: [SENSRecipient]
    }

    private struct Answer: Decodable {
        struct Message: Decodable { var requestStatusCode, requestStatusName: String? }
        var messages: [Message]?
    }
}
