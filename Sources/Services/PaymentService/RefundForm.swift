import Contracts
import HTTPServer

/// Why an operator gives the money back, if there is a word about it.
struct RefundForm: Decodable, Sendable {
    var reason: String?

    func checked() throws(InvalidFields) -> String {
        guard let reason else { return "운영자가 결제를 취소했습니다." }
        guard reason.utf8.count <= Limits.text, !reason.allSatisfy(\.isWhitespace) else {
            throw InvalidFields([.init("reason", "must be a text of at most \(Limits.text) bytes")])
        }
        return reason
    }
}
