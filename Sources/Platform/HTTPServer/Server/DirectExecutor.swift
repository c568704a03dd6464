/// Runs a handler on the thread that has what it waited for: first the server's, then the database's or the HTTP
/// client's. A switch to a thread of Swift's pool, twice an order and more, would cost as much as a small transaction.
///
/// The price: a handler that computes for long holds up that thread, one that calls `Task.yield()` in a loop nests, and
/// who resumes a continuation must hold no lock.
final class DirectExecutor: TaskExecutor {
    static let shared = DirectExecutor()

    private init() {}

    func enqueue(_ job: consuming ExecutorJob) {
        UnownedJob(job).runSynchronously(on: asUnownedTaskExecutor())
    }
}
