import Events
import Foundation
import Messaging
import Persistence
import ServiceKit
import Testing

@testable import OrderService
@testable import PaymentService
@testable import StoreService

/// Policies are values, so the rules about them can be looked up in the running program.
@Suite struct PolicyRulesTests {
    /// Which context publishes an event, by the file in Contracts that declares it.
    private static let publishers = [
        "OrderEvents": "order", "PaymentEvents": "payment", "StoreEvents": "store", "StockEvents": "store",
    ]

    private static func types(of context: String) throws -> Set<String> {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Contracts")
        let files = publishers.filter { $0.value == context }.keys.map { folder.appending(path: "\($0).swift") }
        return try Set(
            files.flatMap { file in
                try String(contentsOf: file, encoding: .utf8).matches(of: /static let type = "(\w+)"/).map {
                    String($0.1)
                }
            })
    }

    private static func policies<S: Service>(of _: S.Type) throws -> [Policy] {
        try S(ServiceContext(database: Database.open(url: "sqlite::memory:"))).allPolicies
    }

    private static let all: [(context: String, policies: @Sendable () throws -> [Policy])] = [
        ("order", { try policies(of: OrderService.self) }), ("payment", { try policies(of: PaymentService.self) }),
        ("store", { try policies(of: StoreService.self) }),
    ]

    @Test("A policy that may publish never listens to an event of its own context")
    func noLoops() throws {
        for (context, policies) in Self.all {
            let own = try Self.types(of: context)
            #expect(!own.isEmpty, "\(context)")
            let loops = try policies().filter { !$0.isProjection && own.contains($0.eventType) }
            #expect(loops.map(\.name) == [], "\(context)")
        }
    }

    @Test("Policy names begin with their context, and no two are the same")
    func names() throws {
        for (context, policies) in Self.all {
            let strangers = try policies().map(\.name).filter { name in
                let parts = name.split(separator: ".", omittingEmptySubsequences: false)
                return parts.first.map(String.init) != context || !(2...3).contains(parts.count)
                    || parts.contains(where: \.isEmpty)
            }
            #expect(strangers == [], "\(context)")
        }
        let names = try Self.all.flatMap { try $0.policies().map(\.name) }
        #expect(Set(names).count == names.count)
    }
}
