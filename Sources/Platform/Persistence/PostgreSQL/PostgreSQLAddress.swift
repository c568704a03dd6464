import CPostgreSQL

/// The URL of a server, looked at before anybody connects to it: libpq's own messages quote what they cannot read, and that may
/// be a password.
enum PostgreSQLAddress {
    /// - Throws: ``DatabaseError`` of kind `other` when libpq cannot read it, or reads a part of a password as the host.
    static func check(_ url: String) throws {
        var message: UnsafeMutablePointer<CChar>?
        let options = PQconninfoParse(url, &message)
        defer {
            PQconninfoFree(options)
            PQfreemem(message)
        }
        guard let options else { throw wrong }
        var option = options
        while let keyword = option.pointee.keyword {
            let value = option.pointee.val.map { String(cString: $0) } ?? ""
            if String(cString: keyword) == "host", value.contains("@") { throw wrong }
            option += 1
        }
    }

    private static var wrong: DatabaseError {
        DatabaseError(
            kind: .other,
            message: "DATABASE_URL is no postgres:// URL; in its password @ is written %40, / is %2F, % is %25")
    }
}
