import Contracts
import HTTPServer

/// Why the customer cancels, if there is a word about it.
struct CancelForm: Decodable, Sendable {
    var reason: String?

    static let noReason = "고객이 주문을 취소했습니다."

    func checked() throws(InvalidFields) -> String {
        guard let reason else { return Self.noReason }
        guard reason.utf8.count <= Limits.text, !reason.allSatisfy(\.isWhitespace) else {
            throw InvalidFields([.init("reason", "must be a text of at most \(Limits.text) bytes")])
        }
        return reason
    }
}
