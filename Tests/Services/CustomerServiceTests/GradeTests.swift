import Contracts
import ServiceTestSupport
import Testing

@testable import CustomerService

@Suite("Grades and points")
struct GradeTests {
    private func finished(_ number: Int) -> DeliveryFinished {
        DeliveryFinished(orderId: "order-\(number)", custId: "hkh9405", storeId: 1, totPrice: 18_000)
    }

    @Test("A delivered order brings a point for every hundred won")
    func points() async throws {
        let harness = try await ServiceHarness<CustomerService>()
        try await harness.deliver(finished(1))
        let customer = try await harness.get("/customers/search/findByCustId?custId=hkh9405")
        #expect(customer["points"] == 180)
        #expect(customer["deliveredOrders"] == 1)
        #expect(customer["grade"] == "bronze")
    }

    @Test("The fifth delivered order makes silver, once, and the others are told")
    func silver() async throws {
        let harness = try await ServiceHarness<CustomerService>()
        for number in 1...6 { try await harness.deliver(finished(number)) }
        let event = try #require(try await harness.published("CustomerGradeChanged").first)
        #expect(try event.decode() == CustomerGradeChanged(custId: "hkh9405", grade: "silver", points: 900))
        #expect(event.key == "customer-hkh9405")
        #expect(try await harness.published().count == 1)
    }

    @Test("What comes twice counts once")
    func twice() async throws {
        let harness = try await ServiceHarness<CustomerService>()
        let record = try harness.record(finished(1))
        try await harness.deliver([record, record])
        #expect(try await harness.get("/customers/1")["points"] == 180)
    }
}
