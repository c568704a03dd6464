import Events
import Persistence
import Records
import Telemetry

/// A cluster that lost its memory, or another one at the same address.
extension OutboxRelay {
    private static let forgottenAtOnce = 5000

    /// Looks every second whether the address leads to another cluster than before. The embedded broker keeps its topic
    /// in memory: after its restart everything that is still kept is published again.
    func watchCluster() async {
        while !Task.isCancelled {
            if let id = await publisher.clusterId(), id != cluster.known {
                cluster.new = id
                wake.signal()
            }
            try? await Task.sleep(for: .seconds(1))  // Throws on cancellation only, which the loop looks at.
        }
    }

    /// Goes on where the relay before this one was.
    func catchUp() async throws {
        (generation, noted) = try await database.read {
            (try OutboxRow.generation(in: $0), try OutboxOffsets.read(in: $0))
        }
        publisher.remember(noted)
    }

    /// Runs between two batches, so that nothing is marked for the old cluster after the new one was noted.
    func noteCluster(_ id: String) async throws {
        let known = try await database.read { try OutboxRow.cluster(in: $0) }
        let isNew = known != nil && known != id
        if isNew { publisher.remember([:]) }
        let again = isNew ? try await forgetPublished() : nil
        if isNew { topicRestarts = publisher.topicRestarts }
        // Last, so that it begins anew when it could not be finished.
        if known != id { try await database.write { try OutboxRow.note(cluster: id, in: $0) } }
        cluster = (id, nil)
        if let again { beginAgain("The broker is a new cluster, publishing again", again) }
    }

    /// - Returns: how many rows are pending again.
    private func forgetPublished() async throws -> Int {
        generation = try await database.write { transaction in
            try OutboxRow.beginGeneration(in: transaction)
            try OutboxOffsets.forget(in: transaction)
            return try OutboxRow.generation(in: transaction)
        }
        noted = [:]
        var (last, count) = (0, 0)
        while let step = try await database.write({ [last] transaction in
            try OutboxRow.forgetPublished(after: last, atMost: Self.forgottenAtOnce, in: transaction)
        }) { (last, count) = (step.last, count + step.count) }
        return count
    }

    /// A topic that somebody has deleted is there again by now, in the same cluster, and began empty.
    func noteRestarts() async throws {
        let restarts = publisher.topicRestarts
        // A cluster that is not known yet may be a new one, and then that says it all.
        guard restarts != topicRestarts, cluster.known != nil else { return }
        let again = try await forgetPublished()
        topicRestarts = restarts
        beginAgain("The topic was made again, publishing again", again)
    }

    /// Another instance has made everything pending again, while this one led or thought so.
    func fallBehind() {
        generation = nil
        beginAgain("Another instance publishes again, what was sent before counts for nothing", 0)
    }

    private func beginAgain(_ why: String, _ events: Int) {
        epoch += 1
        lanes.lookFromStart()
        log.warning(why, ["events": "\(events)"])
    }
}
