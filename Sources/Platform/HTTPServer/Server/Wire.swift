import CMicroHTTPD
import CMicroHTTPDAnswers
import Foundation
import Telemetry

extension HTTPHeaders {
    /// Copies the header fields that libmicrohttpd keeps in the connection's memory until the request ends.
    ///
    /// - Throws: ``BadRequest`` for a name or value with characters that RFC 9110 section 5 forbids; libmicrohttpd takes
    ///   a blank before the colon, for example, as part of the name.
    init(of connection: OpaquePointer) throws(BadRequest) {
        var headers: HTTPHeaders = [:]
        headers.reserve()
        let copied = withUnsafeMutablePointer(to: &headers) { headers in
            MHD_get_connection_values_n(
                connection, .HEADER_KIND,
                { context, _, name, nameSize, value, valueSize in
                    let name = UnsafeRawBufferPointer(start: name, count: nameSize)
                    let value = UnsafeRawBufferPointer(start: value, count: valueSize)
                    guard isToken(name), value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                        return .NO
                    }
                    context?.assumingMemoryBound(to: HTTPHeaders.self).pointee
                        .append(String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
                    return .YES
                }, headers)
        }
        // libmicrohttpd counts the field at which the iterator stopped.
        guard Int(copied) == headers.fields.count else { throw BadRequest("A header has characters it may not have") }
        self = headers
    }
}

/// RFC 9110 section 5.6.2.
private func isToken(_ text: UnsafeRawBufferPointer) -> Bool {
    !text.isEmpty
        && text.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x5E...0x7A: true
            case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x7C, 0x7E: true
            default: false
            }
        }
}

extension HTTPResponse {
    /// Hands the response to libmicrohttpd, which copies all of it.
    func queue(on connection: OpaquePointer, closing: Bool, log: Log) -> MHD_Result {
        let made = body.withUnsafeBytes { bytes in
            // MHD_RESPMEM_MUST_COPY does not write through the pointer.
            MHD_create_response_from_buffer(
                bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
        }
        guard let made else { return .NO }
        defer { MHD_destroy_response(made) }
        for (name, value) in headers where MHD_add_response_header(made, name, value) != .YES {
            log.warning("response header refused", ["name": name])
        }
        if closing { MHD_add_response_header(made, "Connection", "close") }
        return mhd_queue_response(connection, UInt32(status), made) == 1 ? .YES : .NO
    }
}
