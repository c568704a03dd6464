import CMicroHTTPD
import Foundation
import Telemetry

extension HTTPHeaders {
    /// Copies the header fields that libmicrohttpd keeps in the connection's memory until the request ends.
    init(of connection: OpaquePointer) {
        self = [:]
        reserve()
        withUnsafeMutablePointer(to: &self) { headers in
            _ = MHD_get_connection_values_n(
                connection, .HEADER_KIND,
                { context, _, name, nameSize, value, valueSize in
                    context?.assumingMemoryBound(to: HTTPHeaders.self).pointee
                        .append(String(name, nameSize), String(value, valueSize))
                    return .YES
                }, headers)
        }
    }
}

extension String {
    /// Bytes that are not UTF-8 become U+FFFD.
    fileprivate init(_ text: UnsafePointer<CChar>?, _ count: Int) {
        self = String(decoding: UnsafeRawBufferPointer(start: text, count: count), as: UTF8.self)
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
        return MHD_queue_response(connection, UInt32(status), made)
    }
}
