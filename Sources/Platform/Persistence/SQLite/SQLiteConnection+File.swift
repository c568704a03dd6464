import CSQLite

extension SQLiteConnection {
    /// Looks at the file behind cache and WAL, which go on answering when it is gone; then reads from it as all do.
    ///
    /// Through SQLite's own descriptor: to close another one of the same file would drop SQLite's locks
    /// (https://sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
    /// - Throws: ``DatabaseError``.
    func check() throws {
        var hasMoved: Int32 = 0
        guard sqlite3_file_control(handle, nil, SQLITE_FCNTL_HAS_MOVED, &hasMoved) == SQLITE_OK, hasMoved == 0 else {
            throw Self.lost("was deleted or replaced")
        }
        var opened: UnsafeMutablePointer<sqlite3_file>?
        sqlite3_file_control(handle, nil, SQLITE_FCNTL_FILE_POINTER, &opened)
        guard let opened, let methods = opened.pointee.pMethods?.pointee else { throw Self.lost("is not open") }
        var (header, size) = ([UInt8](repeating: 0, count: Self.magic.count), Int64(0))
        guard methods.xRead(opened, &header, Int32(header.count), 0) == SQLITE_OK, header == Self.magic else {
            throw Self.lost("is no database any more")
        }
        guard methods.xFileSize(opened, &size) == SQLITE_OK, size >= fileSize else {
            throw Self.lost("was cut off")
        }
        sqlite3_db_release_memory(handle)  // So that the statement does not find everything in the cache.
        _ = try query("SELECT count(*) FROM sqlite_schema", []) { try $0.integer(0) }
        fileSize = size
    }

    func snapshot<T>(_ body: (any Connection) throws -> T) throws -> T {
        try execute("BEGIN")
        do {
            let value = try body(self)
            try execute("COMMIT")
            return value
        } catch {
            try rollBack(.whole)
            throw error
        }
    }

    /// The first bytes of every database (https://sqlite.org/fileformat2.html#magic_header_string).
    private static let magic = Array("SQLite format 3\0".utf8)

    private static func lost(_ what: String) -> DatabaseError {
        DatabaseError(kind: .other, message: "the database file \(what)")
    }
}
