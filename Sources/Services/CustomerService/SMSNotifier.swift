/// Text messages (https://api.ncloud-docs.com/docs/ai-application-service-sens-smsv2).
struct SMSNotifier: Notifier {
    let sens: SENS
    let serviceId: String
    /// A number of the sender's that is registered with the service.
    let from: String
    let channel = Message.Channel.sms

    func send(_ message: Message) async -> Outcome {
        guard let recipient = SENSRecipient(message) else { return SENSRecipient.noNumber }
        let body = SMSRequest(
            type: Self.type(of: message.text), from: Telephone.dialled(from) ?? from, content: message.text,
            messages: [recipient])
        switch await sens.post("/sms/v2/services/\(serviceId)/messages", body) {
        case .failure(let answer): return answer.outcome
        case .success: return .sent
        }
    }

    /// 80 bytes of EUC-KR, in which a Korean letter takes two, go into a short message.
    static func type(of text: String) -> String {
        text.unicodeScalars.reduce(0) { $0 + ($1.isASCII ? 1 : 2) } <= 80 ? "SMS" : "LMS"
    }

    private struct SMSRequest: Encodable {
        var type: String
        var contentType = "COMM"
        var countryCode = "82"
        var from, content: String
        var messages: [SENSRecipient]
    }
}
