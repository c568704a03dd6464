/// Random numbers that a seed repeats (SplitMix64, https://prng.di.unimi.it/splitmix64.c).
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    /// A stream of its own for each name: what one draws does not change what the others get.
    init(seed: UInt64, for name: String) {
        state = name.utf8.reduce(seed ^ 0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// - Parameter probability: 0 is never, 1 always.
    mutating func happens(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }

    mutating func seconds(_ range: ClosedRange<Double>) -> Duration { .seconds(Double.random(in: range, using: &self)) }

    mutating func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: choices.indices, using: &self)] }
}
