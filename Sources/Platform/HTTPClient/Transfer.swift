import CCurl
import Foundation
import Time

/// Owns one libcurl easy handle, its buffers, and the call that it carries out at the moment.
///
/// Lives on the transfer thread alone. Its address is libcurl's context pointer: it must outlive the handle's use in
/// the multi handle, which the loop's `transfers` array sees to.
final class Transfer {
    let easy: UnsafeMutableRawPointer
    let slot: Int
    private(set) var call: PendingCall?

    private let headerLines = HeaderLines()
    private let errorText: UnsafeMutablePointer<CChar> = .allocate(capacity: Int(CURL_ERROR_SIZE))
    private let bodyLimit: Int
    private var responseHeaders = ResponseHeaders()
    private var responseBody = Data()
    private var isTooLarge = false

    init(slot: Int, _ configuration: HTTPClient.Configuration) throws(HTTPClientError) {
        guard let easy = curl_easy_init() else { throw HTTPClientError(.other, "curl_easy_init: out of memory") }
        (self.easy, self.slot, bodyLimit) = (easy, slot, configuration.maximumResponseBody)
        configure(configuration)
        let context = Unmanaged.passUnretained(self).toOpaque()
        ccurl_set_pointer(easy, CURLOPT_PRIVATE, context)
        ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context)
        ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        ccurl_set_pointer(easy, CURLOPT_PREREQDATA, context)
        ccurl_set_receiver(easy, CURLOPT_WRITEFUNCTION, receivedBody)
        ccurl_set_receiver(easy, CURLOPT_HEADERFUNCTION, receivedHeader)
        ccurl_set_prerequest(easy, aboutToSend)
    }

    deinit {
        curl_easy_cleanup(easy)
        errorText.deallocate()
    }

    /// What never changes between two requests.
    private func configure(_ configuration: HTTPClient.Configuration) {
        ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        ccurl_set_long(easy, CURLOPT_HTTP_VERSION, ccurl_http_version_1_1)
        ccurl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        ccurl_set_text(easy, CURLOPT_PROXY, "")  // Empty, not absent: absent means the environment's proxy.
        ccurl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
        ccurl_set_long(easy, CURLOPT_TCP_NODELAY, 1)
        ccurl_set_long(easy, CURLOPT_PATH_AS_IS, 1)
        ccurl_set_long(easy, CURLOPT_QUICK_EXIT, 1)  // Never wait for a resolver thread when a transfer is given up.
        ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout.millisecondsForCurl)
        ccurl_set_long(easy, CURLOPT_MAXAGE_CONN, max(1, Int(configuration.idleConnectionLifetime.components.seconds)))
        ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
    }

    /// Takes over `call`, unless libcurl refuses its URL or body (out of memory, or 8 MB of URL).
    func prepare(_ call: PendingCall, now: Int64) throws(HTTPClientError) {
        (responseHeaders, responseBody, isTooLarge) = (ResponseHeaders(), Data(), false)
        errorText.pointee = 0
        let request = call.request
        // Unchecked, a refusal would send the previous URL or body once more.
        guard ccurl_set_text(easy, CURLOPT_URL, request.url) == CURLE_OK, setMethodAndBody(request) else {
            throw HTTPClientError(.invalidRequest, "libcurl refused the URL or the body")
        }
        ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, Duration.nanoseconds(call.deadline - now).millisecondsForCurl)
        setHeaders(request, traceparent: call.traceparent)
        self.call = call
    }

    private func setMethodAndBody(_ request: ClientRequest) -> Bool {
        let method = request.method
        ccurl_set_long(easy, CURLOPT_HTTPGET, 1)  // Also takes back an earlier NOBODY or POST.
        if request.body != nil || method == .post || method == .put || method == .patch {
            let body = request.body ?? Data()
            ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            let code = body.withUnsafeBytes { bytes in
                // An empty body may have no address; libcurl reads none of its bytes, but must not see NULL.
                let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress) ?? UnsafeMutableRawPointer(errorText)
                return ccurl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, start)
            }
            guard code == CURLE_OK else { return false }
            ccurl_set_long(easy, CURLOPT_POST, 1)
        } else if method == .head {
            ccurl_set_long(easy, CURLOPT_NOBODY, 1)
        }
        return ccurl_set_text(easy, CURLOPT_CUSTOMREQUEST, method.rawValue) == CURLE_OK
    }

    private func setHeaders(_ request: ClientRequest, traceparent: String?) {
        headerLines.removeAll()
        var (hasType, hasTrace) = (false, false)
        for (name, value) in request.headers {
            headerLines.append(name, value)
            hasType = hasType || name.utf8.count == 12 && name.lowercased() == "content-type"
            hasTrace = hasTrace || name.utf8.count == 11 && name.lowercased() == "traceparent"
        }
        if let traceparent, !hasTrace { headerLines.append("traceparent", traceparent) }
        // libcurl would call every body a form, and wait up to a second for "100 Continue" before a large one.
        if !hasType { headerLines.suppress("Content-Type") }
        if request.body?.count ?? 0 > 1 << 20 { headerLines.suppress("Expect") }
        ccurl_set_headers(easy, headerLines.list)
    }

    /// Ends the call; the handle must still be in the multi handle, which keeps its figures.
    func finish(_ code: CURLcode) -> (call: PendingCall, result: Result<ClientResponse, any Error>)? {
        guard let call else { return nil }
        self.call = nil
        // libcurl takes a head that breaks off for a whole answer with an empty body (seen with 7.88.1).
        let isCutOff = code == CURLE_OK && !responseHeaders.isComplete
        guard code == CURLE_OK, !isCutOff else { return (call, .failure(error(isCutOff ? CURLE_PARTIAL_FILE : code))) }
        var status = 0
        ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return (call, .success(ClientResponse(status: status, headers: responseHeaders, body: responseBody)))
    }

    /// Bytes of requests that the kernel took, over all attempts of this call.
    var bytesSent: Int {
        var size = 0
        ccurl_get_long(easy, CURLINFO_REQUEST_SIZE, &size)
        return size
    }

    private func error(_ code: CURLcode) -> HTTPClientError {
        let words = String(cString: errorText.pointee == 0 ? curl_easy_strerror(code) : UnsafePointer(errorText))
        return HTTPClientError(
            isTooLarge ? .responseTooLarge : HTTPClientError.Code(code, wasSent: bytesSent > 0),
            isTooLarge ? "the answer is larger than \(bodyLimit) bytes" : words, requestWasSent: bytesSent > 0)
    }

    /// - Returns: whether the transfer may go on.
    fileprivate func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        isTooLarge = responseBody.count + bytes.count > bodyLimit
        if !isTooLarge, let base = bytes.baseAddress {
            responseBody.append(base.assumingMemoryBound(to: UInt8.self), count: bytes.count)
        }
        return !isTooLarge
    }

    fileprivate func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        responseHeaders.append(line: line)
        isTooLarge = responseHeaders.size > 64 << 10
        return !isTooLarge
    }

    /// libcurl sends a request again when a kept-alive connection breaks before any answer; a server may have acted on
    /// the first one all the same.
    fileprivate var maySend: Bool { call?.request.mayRepeat == true || bytesSent == 0 }
}

/// The next three are called on the transfer thread, from within `curl_multi_socket_action`.
private let receivedBody: curl_write_callback = { bytes, size, count, context in
    guard let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

private let receivedHeader: curl_write_callback = { bytes, size, count, context in
    guard let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

private let aboutToSend: curl_prereq_callback = { context, _, _, _, _ in
    guard let context else { return CURL_PREREQFUNC_ABORT }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.maySend ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

extension HTTPClientError.Code {
    /// Source: https://curl.se/libcurl/c/libcurl-errors.html
    fileprivate init(_ code: CURLcode, wasSent: Bool) {
        self =
            switch code {
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR,
                CURLE_PEER_FAILED_VERIFICATION:
                .cannotConnect
            case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE,
                CURLE_ABORTED_BY_CALLBACK:
                .connectionLost
            case CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2: .malformedResponse
            case CURLE_UNSUPPORTED_PROTOCOL where wasSent: .malformedResponse  // "HTTP/0.9 when not allowed"
            case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT: .invalidRequest
            default: .other
            }
    }
}

extension Duration {
    /// At least 1, as 0 means "no limit" or "the default" to libcurl; rounded up.
    fileprivate var millisecondsForCurl: Int { max(1, Int((nanoseconds.clampedForCurl + 999_999) / 1_000_000)) }
}

extension Int64 {
    /// libcurl refuses time-outs of 2^31 ms and more; a day is as good as no limit.
    fileprivate var clampedForCurl: Int64 { Swift.min(self, 86_400_000_000_000) }
}
