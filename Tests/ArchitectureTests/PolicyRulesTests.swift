import Checkout
import Events
import Foundation
import Messaging
import Persistence
import ServiceKit
import Testing

@testable import CustomerService
@testable import DeliveryService
@testable import OrderService
@testable import PaymentService
@testable import StoreService

/// Policies are values, so the rules about them can be looked up in the running program.
@Suite struct PolicyRulesTests {
    /// A test holds it against the list of services, which cannot name types.
    static let all: [any Service.Type] = [
        OrderService.self, PaymentService.self, StoreService.self, DeliveryService.self, CustomerService.self,
    ]

    private static func policies<S: Service>(of _: S.Type) throws -> [Policy] {
        try S(ServiceContext(database: Database.open(url: "sqlite::memory:"))).allPolicies
    }

    /// The events that a context publishes, by the files in Contracts that have its name.
    private static func types(of context: String) -> Set<String> {
        let files = SourceFile.all(below: "Sources/Contracts").filter { file in
            file.name.hasPrefix("\(context.capitalized)Events")
        }
        return Set(files.flatMap { $0.eventTypes })
    }

    @Test("These are the services of the list, and each listens by itself where the list says")
    func listed() {
        let listed = Dictionary(uniqueKeysWithValues: ListedService.all.map { ($0.name, UInt16($0.port)) })
        #expect(Dictionary(uniqueKeysWithValues: Self.all.map { ($0.name, $0.defaultPort) }) == listed)
    }

    @Test("Every event is in a file of the context that publishes it")
    func contexts() {
        let declared = SourceFile.all(below: "Sources/Contracts").flatMap { $0.eventTypes }
        #expect(declared.sorted() == ListedService.all.flatMap { Self.types(of: $0.name) }.sorted())
    }

    @Test("The timeline of an order has every event of orders, and words for each")
    func timeline() {
        let declared = Set(SourceFile.all(below: "Sources/Contracts").flatMap { $0.eventTypes })
        let told = declared.subtracting(["MenuItemChanged", "CustomerGradeChanged"])
        #expect(Set(Timeline.view.policies.map(\.eventType)) == told)
        #expect(Set(TimelineWords.all.keys) == told)
    }

    @Test("A policy that may publish never listens to an event of its own context")
    func noLoops() throws {
        for service in Self.all {
            let own = Self.types(of: service.name)
            #expect(!own.isEmpty, "\(service.name)")
            let loops = try Self.policies(of: service).filter { !$0.isProjection && own.contains($0.eventType) }
            #expect(loops.map(\.name) == [], "\(service.name)")
        }
    }

    @Test("Policy names begin with their context, and no two are the same")
    func names() throws {
        for service in Self.all {
            let strangers = try Self.policies(of: service).map(\.name).filter { name in
                let parts = name.split(separator: ".", omittingEmptySubsequences: false)
                return parts.first.map(String.init) != service.name || !(2...3).contains(parts.count)
                    || parts.contains(where: \.isEmpty)
            }
            #expect(strangers == [], "\(service.name)")
        }
        let names = try Self.all.flatMap { try Self.policies(of: $0).map(\.name) }
        #expect(Set(names).count == names.count)
    }
}
