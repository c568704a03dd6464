/// What an event of an order means, for people.
struct TimelineWords: Sendable {
    let ko, en: String
    /// The event that this one makes good for: a compensation.
    let undoes: String?

    private init(_ ko: String, _ en: String, undoes: String? = nil) {
        (self.ko, self.en, self.undoes) = (ko, en, undoes)
    }

    static let all: [String: TimelineWords] = [
        "OrderPlaced": .init("주문이 접수되었습니다.", "The order was placed."),
        "PaymentApproved": .init("결제가 승인되었습니다.", "The customer was charged."),
        "PaymentDeferred": .init("결제를 기다리고 있습니다.", "The order waits for its payment."),
        "OrderExpired": .init("결제되지 않아 주문이 종료되었습니다.", "The order was given up unpaid.", undoes: "PaymentDeferred"),
        "PaymentCanceled": .init("결제가 취소되었습니다.", "The money was given back.", undoes: "PaymentApproved"),
        "StockDecreased": .init("재료를 확보했습니다.", "The stock was taken."),
        "StockIncreased": .init("재료를 되돌려 놓았습니다.", "The stock was given back.", undoes: "StockDecreased"),
        "OrderAccepted": .init("가게가 주문을 수락했습니다.", "The owner accepted the order."),
        "OrderRejected": .init("가게가 주문을 거절했습니다.", "The store rejected the order."),
        "OrderCancelRequested": .init("고객이 취소를 요청했습니다.", "The customer asked to cancel."),
        "OrderCanceled": .init("주문이 취소되었습니다.", "The order was canceled.", undoes: "OrderPlaced"),
        "OrderCancelRefused": .init("취소가 거절되었습니다.", "The store refused to cancel."),
        "CookDelayed": .init("조리 완료 예정 시각이 바뀌었습니다.", "The food will be ready at another time."),
        "CookStarted": .init("조리를 시작했습니다.", "Cooking began."),
        "CookFinished": .init("조리를 마쳤습니다.", "The food is ready."),
        "RiderOffered": .init("라이더에게 배달을 제안했습니다.", "The delivery was offered to a rider."),
        "RiderAwaited": .init("가까운 라이더를 찾고 있습니다.", "No rider is free; the search goes on."),
        "RiderAssigned": .init("라이더가 배정되었습니다.", "A rider was assigned."),
        "RiderReleased": .init("라이더 배정이 해제되었습니다.", "The rider was released.", undoes: "RiderAssigned"),
        "Picked": .init("라이더가 음식을 받았습니다.", "The rider has the food."),
        "Delivered": .init("음식이 전달되었습니다.", "The food was handed over."),
        "DeliveryFailed": .init("배달하지 못했습니다.", "Nobody will bring the order."),
        "DeliveryFinished": .init("거래가 완료되었습니다.", "The deal is closed."),
        "ReviewCreated": .init("고객이 리뷰를 남겼습니다.", "The customer wrote a review."),
    ]
}
