/// The statements of a table that follow from its columns.
struct TableTexts {
    let insert, update, upsert: String

    init(_ table: String, _ columns: [ColumnDefinition], _ changeable: [Int]) {
        let names = columns.map(\.name)
        func placeholders(_ count: Int) -> String { (1...max(count, 1)).map { "$\($0)" }.joined(separator: ", ") }
        insert =
            "INSERT INTO \(table) (\(names.dropFirst().joined(separator: ", "))) VALUES (\(placeholders(names.count - 1)))"
        let assignments = changeable.enumerated().map { "\(names[$0.element]) = $\($0.offset + 1)" }
        let versionName = columns.first(where: \.isVersion)?.name ?? "version"
        let version = columns.contains(where: \.isVersion) ? " AND \(versionName) = $\(changeable.count + 2)" : ""
        update =
            "UPDATE \(table) SET \(assignments.joined(separator: ", ")) WHERE id = $\(changeable.count + 1)\(version)"
        let taken = changeable.map { "\(names[$0]) = excluded.\(names[$0])" }.joined(separator: ", ")
        upsert = """
            INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES (\(placeholders(names.count)))
            ON CONFLICT (id) DO UPDATE SET \(taken) WHERE excluded.\(versionName) > \(table).\(versionName)
            """
    }
}
