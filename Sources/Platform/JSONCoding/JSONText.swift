/// JSON string literals, for the few places that write JSON without a coder.
public enum JSONText {
    /// `text` in double quotes, escaped as RFC 8259 section 7 asks for; everything else stays UTF-8.
    public static func quoted(_ text: String) -> String {
        let writer = JSONWriter()
        writer.append(text)
        return String(decoding: writer.finished(), as: UTF8.self)
    }
}
