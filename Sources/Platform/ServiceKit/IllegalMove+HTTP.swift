public import Events
public import HTTPServer

/// 409: the aggregate is in a status that does not allow the move.
extension IllegalMove: HTTPFailure {
    public var problem: Problem {
        Problem(409, "\(status) 상태에서는 \(move) 명령을 수행할 수 없습니다.").with("currentStatus", status)
    }
}
