import Persistence
import Time

/// Everything that people are told: the one table of texts. Its words are the events' and the codes of the templates that
/// KakaoTalk knows.
enum Notice: String, CaseIterable, ColumnValue {
    case paymentDeferred = "PaymentDeferred"
    case orderPlaced = "OrderPlaced"
    case orderAccepted = "OrderAccepted"
    case cookDelayed = "CookDelayed"
    case cookStarted = "CookStarted"
    case cookFinished = "CookFinished"
    case riderAssigned = "RiderAssigned"
    case picked = "Picked"
    case delivered = "Delivered"
    case deliveryFinished = "DeliveryFinished"
    case orderExpired = "OrderExpired"
    case orderRejected = "OrderRejected"
    case orderCanceled = "OrderCanceled"
    case paymentCanceled = "PaymentCanceled"
    case orderCancelRefused = "OrderCancelRefused"
    case customerGradeChanged = "CustomerGradeChanged"
    case reviewCreated = "ReviewCreated"

    /// How far along an order's way it is, as in a view; `nil` for what is no status. Of the statuses of an order the last is
    /// the one with the highest step, and among those that may come in either order, the one heard of last.
    var step: Int? {
        switch self {
        case .paymentDeferred: 10
        // It may be paid after all.
        case .orderExpired: 15
        case .orderPlaced: 20
        case .orderAccepted: 30
        case .cookDelayed, .cookStarted: 40
        case .cookFinished, .riderAssigned: 50
        case .picked: 60
        case .delivered: 70
        case .deliveryFinished: 80
        case .orderRejected, .orderCanceled: 90
        case .paymentCanceled: 100
        case .orderCancelRefused, .customerGradeChanged, .reviewCreated: nil
        }
    }

    private var template: String {
        switch self {
        case .paymentDeferred: "주문(#{주문번호})의 결제가 밀려 있습니다. #{시각}까지 순서대로 다시 결제해 드립니다."
        case .orderPlaced: "주문(#{주문번호})이 접수되었습니다. 결제 금액은 #{금액}원입니다."
        case .orderAccepted: "가게가 주문(#{주문번호})을 받았습니다. #{시각}쯤 조리가 끝납니다."
        case .cookDelayed: "주문(#{주문번호})의 조리 완료 예정 시각이 #{시각}(으)로 바뀌었습니다."
        case .cookStarted: "주문(#{주문번호})의 조리가 시작되었습니다."
        case .cookFinished: "주문(#{주문번호})의 조리가 끝났습니다."
        case .riderAssigned: "주문(#{주문번호})은 #{라이더} 라이더가 배달합니다. 연락처 #{연락처}"
        case .picked: "주문(#{주문번호})의 배달이 시작되었습니다."
        case .delivered: "주문(#{주문번호})이 배달되었습니다. 맛있게 드세요."
        case .deliveryFinished: "주문(#{주문번호})이 완료되었습니다. 이용해 주셔서 감사합니다."
        case .orderExpired: "주문(#{주문번호})이 취소되었습니다. 결제되지 않았습니다. #{사유}"
        case .orderRejected: "가게 사정으로 주문(#{주문번호})이 취소되었습니다. #{사유}"
        case .orderCanceled: "주문(#{주문번호})이 취소되었습니다. #{사유}"
        case .paymentCanceled: "주문(#{주문번호})의 결제 금액 #{금액}원을 돌려드렸습니다."
        case .orderCancelRefused: "주문(#{주문번호})을 취소할 수 없습니다. #{사유}"
        case .customerGradeChanged: "회원 등급이 #{등급}(으)로 올랐습니다. 적립금 #{적립금}점."
        case .reviewCreated: "주문(#{주문번호})에 새 리뷰가 등록되었습니다. 평점 #{평점}"
        }
    }

    /// What a template leaves open, in the words that it is registered with.
    enum Blank: String {
        case order = "주문번호"
        case amount = "금액"
        case time = "시각"
        case reason = "사유"
        case rider = "라이더"
        case riderTel = "연락처"
        case grade = "등급"
        case points = "적립금"
        case rating = "평점"
    }

    /// The text with its blanks filled. What is filled in is taken as it is, whatever it looks like.
    func text(_ values: [Blank: String]) -> String {
        template.split(separator: "#{", omittingEmptySubsequences: false).enumerated().map { place, part in
            guard place > 0, let end = part.firstIndex(of: "}") else { return String(part) }
            let value = Blank(rawValue: String(part[..<end])).flatMap { values[$0] } ?? ""
            return value + part[part.index(after: end)...]
        }.joined()
    }

    /// As a clock in Korea shows it.
    /// - Parameter time: ISO 8601 with offset; shown as it is when it is none.
    static func clock(_ time: String) -> String {
        guard let moment = Timestamp(rfc3339: time) else { return time }
        return String((moment + .seconds(9 * 3_600)).rfc3339.dropFirst(11).prefix(5))
    }
}
