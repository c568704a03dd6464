import Events

/// A failed reaction, with the policy that failed.
struct PolicyError: Error {
    var policy: String?
    var cause: any Error

    var isPermanent: Bool { cause is any PermanentFailure }

    func fields(_ record: EventRecord, _ attempt: Int) -> KeyValuePairs<String, String> {
        [
            "policy": policy ?? "", "type": record.type ?? "", "event": record.eventId,
            "partition": String(record.partition), "offset": String(record.offset), "attempt": String(attempt),
            "error": "\(cause)",
        ]
    }
}
