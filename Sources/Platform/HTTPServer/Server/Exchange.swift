import CMicroHTTPD
import Foundation
import Synchronization

/// One request on one connection, from its request line until libmicrohttpd has let go of it.
///
/// Memory: libmicrohttpd holds one reference in the request's context pointer, taken when the request line was read and
/// ended right after ``end()``; the handler's task holds another until it ends; ``RunningExchanges`` holds one from the
/// suspension until the answer is queued or the connection is gone.
///
/// `@unchecked Sendable`: `phase` is behind a mutex. `connection` is used by the libmicrohttpd thread that calls us,
/// and by ``settle(_:)`` under the mutex in phase `suspended` only: a suspended connection is not closed or freed
/// before it is resumed, not even when the client goes away (microhttpd.h, MHD_suspend_connection). `method`, `stage`,
/// `headers`, `body` and `received` are used on that libmicrohttpd thread only; a connection never moves to another
/// thread of the pool.
final class Exchange: @unchecked Sendable {
    private enum Stage { case headers, body, answering }

    private enum Phase {
        case running
        case suspended(Task<Void, Never>)
        case settled(HTTPResponse)
        case sent
    }

    let start = ContinuousClock.now
    private let core: ServerCore
    private let connection: OpaquePointer
    private let target: String
    private var method = ""
    private var stage = Stage.headers
    private var headers: HTTPHeaders = [:]
    private var body = Data()
    private var received = 0
    private let phase = Mutex<Phase>(.running)

    init(_ core: ServerCore, _ connection: OpaquePointer, target: String) {
        (self.core, self.connection, self.target) = (core, connection, target)
        core.open.enter()
    }

    /// libmicrohttpd has let go: the response is written, or the connection is broken. When the client went away while
    /// the connection was suspended, this comes after the resume without another ``advance(method:version:upload:size:)``.
    func end() {
        let wasSent = phase.withLock { phase in
            if case .sent = phase { return true }
            phase = .sent
            return false
        }
        if !wasSent { core.running.remove(self) }
        core.open.leave()
    }

    /// Called by libmicrohttpd after the headers, for each piece of the body, after the body, and after a resume.
    func advance(
        method: UnsafePointer<CChar>, version: UnsafePointer<CChar>, upload: UnsafePointer<CChar>?,
        size: UnsafeMutablePointer<Int>
    ) -> MHD_Result {
        switch stage {
        case .headers:
            self.method = String(cString: method)
            return readHeaders(needsHost: strcmp(version, "HTTP/1.0") != 0)
        case .body where size.pointee > 0:
            defer { size.pointee = 0 }
            return receive(UnsafeRawBufferPointer(start: upload, count: size.pointee))
        case .body:
            return answer(defect: received > limit ? ContentTooLarge(limit: limit) : nil)
        case .answering:
            return sendSettled()
        }
    }

    private var limit: Int { core.configuration.bodyLimit }

    /// A client that is in the middle of sending sees a reset instead of an answer, so a body that is too long is read
    /// to its end, but not more than this of it.
    private var discardLimit: Int { limit * 16 }

    private func readHeaders(needsHost: Bool) -> MHD_Result {
        let framing: Framing
        do {
            headers = try HTTPHeaders(of: connection)
            framing = try Framing(headers, needsHost: needsHost)
        } catch { return answer(defect: error) }
        switch framing {
        case .length(let length) where length > limit && (length > discardLimit || headers["Expect"] != nil):
            return answer(defect: ContentTooLarge(limit: limit))
        case .length(let length) where length <= limit: body.reserveCapacity(length)
        case .none, .length, .chunked: break
        }
        // Also without a body: libmicrohttpd closes the connection after an answer that is given before its last call.
        stage = .body
        return .YES
    }

    private func receive(_ piece: UnsafeRawBufferPointer) -> MHD_Result {
        received += piece.count
        if received <= limit {
            body.append(contentsOf: piece)
        } else if received > discardLimit {
            return .NO
        } else {
            body = Data()
        }
        return .YES
    }

    /// Runs the handler on this thread up to its first suspension. When it is done by then, nothing has to be
    /// suspended, woken or resumed.
    private func answer(defect: (any HTTPFailure)?) -> MHD_Result {
        stage = .answering
        var request = HTTPRequest(method, target, headers: headers, body: body)
        request.authority = core.authority
        if let defect { request.defect = defect }
        (headers, body) = ([:], Data())
        let task = Task(executorPreference: DirectExecutor.shared) { [self, request] in
            settle(await core.router.respond(to: request))
        }
        let isTooLate = phase.withLock { phase in
            guard case .running = phase else { return false }
            guard core.running.add(self) else {
                phase = .settled(Self.tooLate(path: target))
                return true
            }
            MHD_suspend_connection(connection)
            phase = .suspended(task)
            return false
        }
        // Outside the lock: what waits for the cancellation goes on right here, and settles.
        if isTooLate { task.cancel() }
        return sendSettled()
    }

    /// The first answer counts; later ones, of a handler that missed its deadline, are dropped.
    private func settle(_ response: HTTPResponse) {
        phase.withLock { phase in
            switch phase {
            case .running: phase = .settled(response)
            case .suspended:
                phase = .settled(response)
                // Inside the lock: the libmicrohttpd thread that wakes up cannot get past `sendSettled` or `end`, and
                // so not free the connection, before this call has returned.
                MHD_resume_connection(connection)
            case .settled, .sent: break
            }
        }
    }

    /// Answers 503 in the handler's place and cancels its task.
    func abandon() {
        let task: Task<Void, Never>? = phase.withLock { if case .suspended(let task) = $0 { task } else { nil } }
        settle(Self.tooLate(path: target))
        task?.cancel()
    }

    private static func tooLate(path: String) -> HTTPResponse {
        let place = path.prefix { $0 != "?" }
        return HTTPResponse(
            answering: ServiceUnavailable("The request could not be answered in time", retryAfter: 1),
            path: String(place))
    }

    private func sendSettled() -> MHD_Result {
        let response: HTTPResponse? = phase.withLock { phase in
            guard case .settled(let response) = phase else { return nil }
            phase = .sent
            return response
        }
        // Suspended: libmicrohttpd calls again after the resume.
        guard let response else { return .YES }
        core.running.remove(self)
        return response.queue(on: connection, closing: core.isStopping.load(ordering: .relaxed), log: core.log)
    }
}
