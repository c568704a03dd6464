public import Foundation

/// A complete answer, whatever its status.
public struct ClientResponse: Sendable {
    public var status: Int
    public var headers: ResponseHeaders
    public var body: Data

    public init(status: Int, headers: ResponseHeaders = ResponseHeaders(), body: Data = Data()) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }
}

/// The header block of one answer, kept as it came and searched when asked.
public struct ResponseHeaders: Sendable {
    /// Lines with their CR LF.
    private var block: [UInt8] = []
    /// Whether the empty line after the block has come.
    private(set) var isComplete = false

    public init() {}

    public init(_ headers: KeyValuePairs<String, String>) {
        for (name, value) in headers { block += "\(name): \(value)\r\n".utf8 }
    }

    /// The first value under `name`, compared without case, or `nil`.
    public subscript(name: String) -> String? {
        for line in block.split(separator: UInt8(ascii: "\n")) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            if line[..<colon].lazy.map(Self.lowercase).elementsEqual(name.utf8.lazy.map(Self.lowercase)) {
                let value = line[(colon + 1)...].drop(while: Self.isBlank)
                let end = value.lastIndex { !Self.isBlank($0) }
                return String(decoding: end.map { value[...$0] } ?? [], as: UTF8.self)
            }
        }
        return nil
    }

    var size: Int { block.count }

    /// Takes the next line as libcurl hands it over; a status line starts a new block (100 Continue comes before 200).
    mutating func append(line: UnsafeRawBufferPointer) {
        if line.starts(with: "HTTP/".utf8) {
            block.removeAll(keepingCapacity: true)
            isComplete = false
        } else {
            block.append(contentsOf: line)
            isComplete = isComplete || line.first == UInt8(ascii: "\r") || line.first == UInt8(ascii: "\n")
        }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d }
}
