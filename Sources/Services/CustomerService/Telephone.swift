/// Telephone numbers as customers type them.
enum Telephone {
    /// All digits but the last four hidden: for logs and for whoever reads the list.
    static func masked(_ tel: String) -> String {
        var shown = 4
        return String(
            tel.reversed().map { character -> Character in
                guard character.isNumber else { return "-" }
                shown -= 1
                return shown >= 0 ? character : "*"
            }.reversed())
    }

    /// The same of every number in a text.
    static func masked(in text: String) -> String {
        text.replacing(/[+0][0-9]{1,3}-?[0-9]{3,4}-?[0-9]{4}/) { masked(String($0.output)) }
    }

    /// The digits as they are dialled in Korea; `nil` when that cannot be a number.
    static func dialled(_ tel: String) -> String? {
        let digits = tel.filter { ("0"..."9").contains($0) }
        let national = tel.hasPrefix("+82") ? "0" + digits.dropFirst(2).drop { $0 == "0" } : digits
        return (8...12).contains(national.count) ? national : nil
    }
}
