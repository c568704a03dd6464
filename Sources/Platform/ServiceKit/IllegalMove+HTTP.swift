public import Events
public import HTTPServer

/// 409: the aggregate is in a status that does not allow the move.
extension IllegalMove: HTTPFailure {
    public var problem: Problem {
        Problem(409, "\(status) 상태에서는 할 수 없는 명령입니다.").with("currentStatus", status)
    }
}
