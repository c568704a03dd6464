import Foundation
import HTTPClient
import JSONCoding

struct TossConfirm: Encodable {
    let paymentKey: String
    let orderId: String
    /// Won.
    let amount: Int
}

/// All of the money; a part of it would be `cancelAmount`.
struct TossCancel: Encodable { let cancelReason: String }

/// The members of a payment that count here.
struct TossPayment: Decodable {
    let paymentKey: String
    let orderId: String
    let status: String
    let totalAmount: Double
    let currency: String?

    /// - Returns: `nil` for half an answer, or none.
    init?(_ response: ClientResponse) {
        guard let payment = try? JSONCoder.decode(TossPayment.self, from: response.body) else { return nil }
        self = payment
    }

    func isOurs(_ charge: Charge) -> Bool {
        paymentKey == charge.paymentKey || orderId == TossOrderId.of(charge.orderId)
    }

    func isFor(_ charge: Charge) -> Bool {
        paymentKey == charge.paymentKey && orderId == TossOrderId.of(charge.orderId)
            && totalAmount == Double(charge.amount) && currency ?? "KRW" == "KRW"
    }
}

/// Toss' error body.
struct TossRefusal: Decodable {
    let code: String
    let message: String

    init?(_ response: ClientResponse) {
        guard let refusal = try? JSONCoder.decode(TossRefusal.self, from: response.body) else { return nil }
        self = refusal
    }
}

/// Our order ids are any text; Toss takes 6 to 64 of `A-Za-z0-9-_=`.
enum TossOrderId {
    private static let length = 6...64

    /// - Returns: the id itself where Toss takes it, else its base64url behind a `=`; `nil` when that is too long.
    static func of(_ orderId: String) -> String? {
        if length.contains(orderId.utf8.count), orderId.utf8.allSatisfy(isPlain) { return orderId }
        let encoded = Data(orderId.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
        let id = "=" + String(repeating: "=", count: max(0, length.lowerBound - 1 - encoded.utf8.count)) + encoded
        return length.contains(id.utf8.count) ? id : nil
    }

    /// Without `=`, so that no id is another one's code.
    static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
