import Foundation

/// Starts a program with posix_spawn(3). Foundation's `Process` reads beyond directory entries and keeps itself alive,
/// both of which the address sanitizer reports, and hands the blocked signals of Swift's threads down.
/// - Parameters:
///   - command: a path, or a name that is looked for in `PATH`.
///   - output: a descriptor for stdout; stays the caller's.
///   - errors: the same for stderr; `nil` throws it away.
func spawn(
    _ command: String, _ arguments: [String], environment: [String: String], output: Int32, errors: Int32?
) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    if let errors {
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
    } else {
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var pid: pid_t = 0
    let code = withStrings([command] + arguments) { arguments in
        withStrings(environment.map { "\($0)=\($1)" }) { environment in
            posix_spawnp(&pid, command, &actions, &attributes, arguments, environment)
        }
    }
    guard code == 0 else {
        throw GiveUp(description: "\(command) cannot be started: \(String(cString: strerror(code)))")
    }
    return pid
}

/// Lends a NULL-terminated array of C strings.
private func withStrings<T>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> T
) -> T {
    var copies = strings.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return copies.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
}

/// Waits for the end of a child. Blocks.
/// - Returns: its exit status, or the number of the signal that ended it, negated.
func waitForExit(_ pid: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    let signal = status & 0x7f  // WTERMSIG and WEXITSTATUS of wait(2), which are macros.
    return signal == 0 ? (status >> 8) & 0xff : -signal
}
