import CCurl

/// The request headers of one transfer as libcurl wants them, in memory that is used again by the next transfer.
///
/// libcurl neither copies nor changes the list (https://curl.se/libcurl/c/CURLOPT_HTTPHEADER.html), so its nodes may
/// lie in one array and their texts in another.
final class HeaderLines {
    private var text: UnsafeMutableBufferPointer<CChar> = .allocate(capacity: 1024)
    private var nodes: UnsafeMutableBufferPointer<curl_slist> = .allocate(capacity: 16)
    private var ends: [Int] = []
    private var used: Int { ends.last ?? 0 }

    deinit {
        text.deallocate()
        nodes.deallocate()
    }

    func removeAll() { ends.removeAll(keepingCapacity: true) }

    /// An empty value is written as `name;`, libcurl's way to send it; `name:` alone would suppress the header.
    func append(_ name: String, _ value: String) {
        var name = name
        var value = value
        let start = used
        reserve(start + name.utf8.count + value.utf8.count + 3)
        var next = copy(&name, to: start)
        next = value.isEmpty ? put(";", at: next) : copy(&value, to: put(" ", at: put(":", at: next)))
        ends.append(put("\0", at: next))
    }

    /// Keeps libcurl from sending a header of its own accord.
    func suppress(_ name: String) {
        var name = name
        let start = used
        reserve(start + name.utf8.count + 2)
        ends.append(put("\0", at: put(":", at: copy(&name, to: start))))
    }

    /// Valid until the next change.
    var list: UnsafeMutablePointer<curl_slist>? {
        if nodes.count < ends.count {
            nodes.deallocate()
            nodes = .allocate(capacity: ends.count * 2)
        }
        guard !ends.isEmpty, let first = nodes.baseAddress, let base = text.baseAddress else { return nil }
        var start = 0
        for (index, end) in ends.enumerated() {
            let next = index + 1 < ends.count ? first + index + 1 : nil
            nodes.initializeElement(at: index, to: curl_slist(data: base + start, next: next))
            start = end
        }
        return first
    }

    private func put(_ character: Unicode.Scalar, at index: Int) -> Int {
        text[index] = CChar(truncatingIfNeeded: character.value)
        return index + 1
    }

    private func copy(_ string: inout String, to index: Int) -> Int {
        string.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                text[index...].update(fromContentsOf: characters)
            }
        }
    }

    private func reserve(_ capacity: Int) {
        guard capacity > text.count else { return }
        let larger = UnsafeMutableBufferPointer<CChar>.allocate(capacity: capacity * 2)
        _ = larger.update(fromContentsOf: text[..<used])
        text.deallocate()
        text = larger
    }
}
