import Testing

/// Whole processes against a broker. One at a time: they share two cores, and some of them fixed ports.
@Suite(.serialized, .timeLimit(.minutes(60))) enum EndToEndTests {}
