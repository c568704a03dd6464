extension ServiceHarness {
    /// What the directory says and the documents do not keep: members of items that the profile does not have, and links
    /// that lead nowhere. Looks at the first item of each list; follows its commands without a body.
    public func brokenResources() async throws -> [String] {
        guard case .object(let directory) = try await get("/").json["_links"] else { return ["there is no directory"] }
        var broken: [String] = []
        for plural in directory.keys.sorted() where plural != "profile" && !plural.hasSuffix("Search") {
            guard let item = try await get("/\(plural)").embedded(plural).first else {
                broken.append("/\(plural) is empty")
                continue
            }
            let profile = try await get("/profile/\(plural)")["alps"]?["descriptor"]?[0]?["descriptor"]?.list ?? []
            let unknown = item.names.subtracting(profile.compactMap { $0["name"]?.text }).subtracting(["_links"])
            broken += unknown.sorted().map { "/profile/\(plural) has no \($0)" }
            let own = path(item["_links"]?["self"]) ?? "?"
            guard case .object(let links) = item["_links"] else { continue }
            for (name, link) in links.sorted(by: { $0.key < $1.key }) {
                let path = path(link) ?? "?"
                let isCommand = path.hasPrefix("\(own)/")
                let status = try await send(isCommand ? "PUT" : "GET", path).status
                if [404, 405].contains(status) { broken.append("\(own) links to \(name), which is \(status)") }
            }
        }
        return broken
    }

    /// Without scheme and host.
    private func path(_ link: JSON?) -> String? {
        guard let url = link?["href"]?.text, let scheme = url.firstRange(of: "://") else { return nil }
        return String(url[scheme.upperBound...].drop { $0 != "/" })
    }
}
