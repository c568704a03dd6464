import HTTPServer

/// 402: the card was refused, or the order was given up before it was paid.
struct PaymentDeclined: HTTPFailure {
    var reason: String
    var problem: Problem { Problem(402, reason) }
}

/// 503: payment is away and nobody can wait for it any more. Nothing was ordered, nobody was charged.
struct PaymentUnavailable: HTTPFailure {
    var problem: Problem {
        Problem(
            503, "결제가 지연되고 있습니다. 주문이 접수되지 않았으니 잠시 후 다시 시도해 주세요.", headers: [("Retry-After", "5")])
    }
}

/// 503: payment gave no answer, so the customer may have been charged. The order waits until that is known.
struct PaymentUnanswered: HTTPFailure {
    var orderId: String
    var problem: Problem {
        Problem(503, "결제 결과를 확인하고 있습니다. 잠시 후 같은 주문번호로 다시 확인해 주세요.", headers: [("Retry-After", "5")])
            .with("orderId", orderId)
    }
}

/// 409: the first request under this order id has no answer yet.
struct StillRunning: HTTPFailure {
    var problem: Problem {
        Problem(409, "같은 주문이 처리되고 있습니다. 잠시 후 다시 확인해 주세요.", headers: [("Retry-After", "1")])
    }
}

/// 422: the order id belongs to another order.
struct KeyReused: HTTPFailure {
    var orderId: String
    var problem: Problem {
        Problem(422, "다른 주문이 이미 사용한 주문번호입니다.", fields: [.init("orderId", "is already used by another order")])
    }
}

/// 503: no store has announced its menu yet, so no order can be checked.
struct MenuUnknown: HTTPFailure {
    var problem: Problem {
        Problem(503, "메뉴를 불러오는 중입니다. 잠시 후 다시 시도해 주세요.", headers: [("Retry-After", "2")])
    }
}

/// 409: the kitchen has begun, or the store has refused before.
struct TooLateToCancel: HTTPFailure {
    /// The store's.
    var reason: String?
    var problem: Problem { Problem(409, reason ?? "조리 시작 이후에는 주문취소가 불가능합니다.") }
}
