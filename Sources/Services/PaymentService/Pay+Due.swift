import Time

/// How long the provider may owe an answer. Counted by tries, because a clock that jumps brings one try forward at most.
extension Pay {
    /// Half a minute, with ``pause(after:)``: longer than a charge can be under way. "Not there" is believed then.
    private static let looks = 4
    /// A refund that takes more tries needs a person.
    static let triesOfRefund = 8
    private static let slowly = Duration.seconds(600)

    /// Whether a provider that has no such charge will not have it any more.
    var isNotThereFinal: Bool { tries + 1 >= Self.looks }
    var isStuck: Bool { status == .refunding && tries >= Self.triesOfRefund }

    /// A refund is one request until it is refused. A look at a charge may give back what is wrong, and learns of no refusal.
    var attempt: Int { status == .refunding && !isStuck ? 0 : tries }

    /// To the next try: 2 s, doubling to a minute.
    static func pause(after tries: Int) -> Duration { min(.seconds(60), .seconds(2 << min(tries, 5))) }

    /// From now on, with as many tries as there were.
    var nextPause: Duration { isStuck ? Self.slowly : Self.pause(after: tries) }
}
