import Foundation
import HTTPServer
import Messaging
import Persistence
import ServiceTestSupport
import Testing

@testable import ServiceKit

/// What follows from one declaration of a resource.
@Suite(.timeLimit(.minutes(5))) struct ListingTests {
    private let porter: ServiceHarness<Porter>

    init() async throws { porter = try await ServiceHarness<Porter>() }

    private func enter(_ names: String...) async throws {
        for name in names { #expect(try await porter.post("/guests", #"{"name":"\#(name)"}"#).status == 201) }
    }

    private func names(_ target: String) async throws -> [String] {
        try await porter.get(target).embedded("guests").compactMap { $0["name"]?.text }
    }

    @Test("The resources are found from the root, with their members and searches")
    func directory() async throws {
        #expect(try await porter.get("/").links == ["guests", "welcomes", "guestsSearch", "profile"])
        let profile = try await porter.get("/profile/guests")["alps"]?["descriptor"]?[0]?["descriptor"]
        #expect(profile?.list.compactMap { $0["name"]?.text } == ["name", "status"])
        let searches = try await porter.get("/guests/search")
        #expect(searches.links == ["findByName", "findByStatus", "findByVersion", "self"])
        #expect(
            searches["_links"]?["findByStatus"]?["href"]
                == "http://localhost/guests/search/findByStatus{?status,page,size,sort}")
        #expect(try await porter.get("/welcomes/search").status == 404)
    }

    @Test("A list is in the order in which its entries came, or by a member, either way and in pages")
    func list() async throws {
        try await enter("Tom", "Mia", "Eve", "Zoe")
        #expect(try await names("/guests") == ["Tom", "Mia", "Eve", "Zoe"])
        #expect(try await names("/guests?sort=id,desc&size=3") == ["Zoe", "Eve", "Mia"])
        #expect(try await names("/guests?sort=name") == ["Eve", "Mia", "Tom", "Zoe"])
        #expect(try await names("/guests?sort=name,desc&size=3&page=0") == ["Zoe", "Tom", "Mia"])
        #expect(try await names("/guests?sort=name,desc&size=3&page=1") == ["Eve"])
        let page = try await porter.get("/guests?size=3")["page"]
        #expect(page?["totalElements"] == 4 && page?["totalPages"] == 2)
    }

    @Test("A list may be sorted by a member that many share; those that have the same stay in the order of their ids")
    func sortShared() async throws {
        try await enter("Tom", "Mia", "Eve", "Zoe", "Leo")
        for id in [2, 5] { #expect(try await porter.put("/guests/\(id)/greet").status == 200) }
        let all = ["Mia", "Leo", "Tom", "Eve", "Zoe"]
        #expect(try await names("/guests?sort=status") == all)
        #expect(try await names("/guests?sort=status,desc") == all.reversed())
        var paged: [String] = []
        for page in 0..<3 { paged += try await names("/guests?sort=status&size=2&page=\(page)") }
        #expect(paged == all)
    }

    @Test("A list cannot be sorted by a member that is no key, nor a resource without keys by anything but the id")
    func sort() async throws {
        #expect(try await porter.get("/guests?sort=version").wrongFields == ["sort"])
        #expect(try await porter.get("/welcomes?sort=name").status == 400)
        #expect(try await porter.get("/welcomes?sort=id").status == 200)
    }

    @Test("An item has its version as tag, and is not sent to who has it")
    func item() async throws {
        try await enter("Tom")
        let answer = try await porter.get("/guests/1")
        #expect(answer.status == 200)
        #expect(answer["name"] == "Tom")
        #expect(answer.links == ["self", "guest", "greet"])
        #expect(answer.header("ETag") == "\"1\"")
        #expect(try await porter.get("/guests/1", headers: [("If-None-Match", "\"1\"")]).status == 304)
        #expect(try await porter.get("/guests/1", headers: [("If-None-Match", "\"2\"")]).status == 200)
    }

    @Test("A row without version has a tag that changes with it")
    func unversioned() async throws {
        for name in ["Tom", "Mia"] { try await porter.deliver(Greeted(name: name)) }
        let tags = try await [porter.get("/welcomes/1"), porter.get("/welcomes/2"), porter.get("/welcomes/1")]
            .map { $0.header("ETag") ?? "" }
        #expect(tags[0] == tags[2] && tags[0] != tags[1])
        #expect(tags[0].count == 34)
    }

    @Test("What is not there is 404", arguments: ["/guests/2", "/guests/x", "/guests/search/findByName?name=Mia"])
    func missing(target: String) async throws {
        try await enter("Tom")
        #expect(try await porter.get(target).status == 404)
    }

    @Test("A search finds by its member, and wants it named")
    func search() async throws {
        try await enter("Tom", "Mia")
        let answer = try await porter.get("/guests/search/findByName?name=Mia")
        #expect(answer["_links"]?["self"]?["href"] == "http://localhost/guests/2")
        #expect(answer.header("ETag") == "\"1\"")
        #expect(try await porter.get("/guests/search/findByName").wrongFields == ["name"])
    }

    @Test("A search by a member that many share is a list, in pages that lead to one another, either way")
    func group() async throws {
        try await enter("Tom", "Mia", "Eve", "Zoe")
        #expect(try await porter.put("/guests/2/greet").status == 200)
        let search = "/guests/search/findByStatus?status=waiting"
        #expect(try await names(search) == ["Tom", "Eve", "Zoe"])
        #expect(try await names("\(search)&sort=id,desc&size=2") == ["Zoe", "Eve"])
        let second = try await porter.get("\(search)&size=2&page=1")
        #expect(second.embedded("guests").map { $0["name"] } == ["Zoe"])
        #expect(second["page"]?["totalElements"] == 3 && second["page"]?["totalPages"] == 2)
        #expect(
            second["_links"]?["prev"]?["href"]
                == "http://localhost/guests/search/findByStatus?status=waiting&page=0&size=2")
        #expect(try await names("/guests/search/findByVersion?version=2") == ["Mia"])
    }

    @Test("A list search that finds nothing is an empty list; one that is not understood is 400")
    func emptyGroup() async throws {
        try await enter("Tom")
        for target in [
            "findByStatus?status=x", "findByStatus?status=waiting&page=2000000000", "findByVersion?version=7",
        ] {
            let answer = try await porter.get("/guests/search/\(target)")
            #expect(answer.status == 200 && answer["_embedded"]?["guests"] == .list([]))
        }
        let refused = [
            "findByStatus": "status", "findByVersion?version=x": "version",
            "findByStatus?status=waiting&sort=name": "sort", "findByStatus?status=waiting&page=-1": "page",
        ]
        for (target, field) in refused {
            let answer = try await porter.get("/guests/search/\(target)")
            #expect(answer.status == 400 && answer.wrongFields == [field], "\(target)")
        }
    }

    @Test("A search behind writes sees the write that is under way")
    func behindWrites() async throws {
        // One in memory would keep the other reads waiting as well.
        let folder = TemporaryFolder()
        let database = try Database.open(url: "sqlite:\(folder.path)/porter.db")
        let porter = try await ServiceHarness<Porter>(database: database)
        let (entered, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let writing = Task {
            try await database.write { transaction in
                try Guest.all.insert(Guest(name: "Tom"), in: transaction)
                entered.signal()
                _ = gate.wait(timeout: .now() + 20)
            }
        }
        try await eventually { entered.wait(timeout: .now()) == .success }
        let search = Task { try await porter.get("/guests/search/findByName?name=Tom").status }
        // Time enough for a search that does not wait.
        for _ in 0..<100 { #expect(try await porter.get("/guests/1").status == 404) }
        gate.signal()
        try await writing.value
        #expect(try await search.value == 200)
        await database.close()
        withExtendedLifetime(folder) {}
    }
}
