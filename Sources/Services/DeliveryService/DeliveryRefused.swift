import HTTPServer

/// 409: this rider may not do that with this delivery.
enum DeliveryRefused: HTTPFailure, Equatable {
    case notTheirs, notCooked
    /// What became of the rider's offer; `nil` when there was none.
    case offer(Offer.Status?)

    var problem: Problem { Problem(409, text) }

    private var text: String {
        switch self {
        case .notTheirs: "이 배달에 배정된 라이더가 아닙니다."
        case .notCooked: "조리가 끝난 뒤에 픽업할 수 있습니다."
        case .offer(nil): "이 라이더에게 제안된 배달이 아닙니다."
        case .offer(.open): "아직 응답하지 않은 제안입니다."
        case .offer(.accepted): "이미 수락한 배달입니다."
        case .offer(.declined): "이미 거절한 배달입니다."
        case .offer(.lapsed): "제안 시간이 지났습니다."
        case .offer(.closed): "다른 라이더가 먼저 수락했거나 취소된 배달입니다."
        }
    }
}
