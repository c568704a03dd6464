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

    @Test("What comes twice counts once, also as another event of the same order")
    func twice() async throws {
        let harness = try await ServiceHarness<CustomerService>()
        let record = try harness.record(finished(1))
        try await harness.deliver([record, record])
        try await harness.deliver(finished(1))
        let customer = try await harness.get("/customers/search/findByCustId?custId=hkh9405")
        #expect(customer["points"] == 180)
        #expect(customer["deliveredOrders"] == 1)
    }

    @Test("The points of a customer are the sum of what their orders brought")
    func books() async throws {
        let harness = try await ServiceHarness<CustomerService>()
        for number in 1...4 {
            let custId = number == 2 ? "other" : "hkh9405"
            try await harness.deliver(
                DeliveryFinished(orderId: "o\(number)", custId: custId, storeId: 1, totPrice: 1_000 * number + 99))
        }
        let sum = try await harness.number("SELECT sum(points) FROM point_entries WHERE cust_id = 'hkh9405'")
        #expect(try await harness.get("/customers/search/findByCustId?custId=hkh9405")["points"]?.int == sum)
        #expect(sum == 80)
    }

    @Test("No sum of points is too much")
    func overflow() {
        var customer = Customer(custId: "c", points: .max - 1)
        #expect(customer.credit(10).isEmpty)
        #expect(customer.points == .max)
    }

    @Test(
        "Each grade begins where it should",
        arguments: [
            (0, "bronze"), (4, "bronze"), (5, "silver"), (19, "silver"),
            (20, "gold"), (49, "gold"), (50, "vip"), (1_000_000, "vip"),
        ])
    func thresholds(orders: Int, grade: String) { #expect(Customer.Grade.reached(with: orders).rawValue == grade) }
}
