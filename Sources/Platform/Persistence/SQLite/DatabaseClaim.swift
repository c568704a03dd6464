import Foundation
import Synchronization

/// Keeps a database file for one process: a lock on a file beside it, which the kernel drops with the process, however that
/// ends. Not on the database itself: closing any descriptor of that would drop SQLite's own locks (POSIX, fcntl).
final class DatabaseClaim: Sendable {
    private let descriptor: Mutex<Int32?>

    /// - Throws: ``DatabaseError`` while somebody else has the file, or when no lock can be made beside it.
    init(_ path: String) throws {
        let descriptor = open(path + ".lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw DatabaseError(
                kind: .other, message: "\(path).lock cannot be opened: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw DatabaseError(kind: .other, message: "another process has opened \(path)")
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    /// Harmless when it was released before.
    func release() {
        if let descriptor = descriptor.withLock({ $0.take() }) { close(descriptor) }
    }
}
