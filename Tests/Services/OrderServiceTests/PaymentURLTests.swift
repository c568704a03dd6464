import Foundation
import HTTPServer
import Persistence
import ServiceKit
import ServiceTestSupport
import Telemetry
import Testing

@testable import OrderService

@Suite("The address of payment", .timeLimit(.minutes(5)))
struct PaymentURLTests {
    @Test("A slash at the end of PAYMENT_URL means the same address")
    func slash() async throws {
        var router = Router()
        router.post("/pays") { _ in HTTPResponse(status: 201) }
        let payment = try HTTPServer(ServerConfiguration(port: 0), router: router)
        for end in ["", "/"] {
            let harness = try await OrderHarness(["PAYMENT_URL": "http://127.0.0.1:\(payment.port)\(end)"])
            try await harness.announceMenu()
            #expect(try await harness.post("/orders", transcriptOrder).status == 201, "\(end)")
            harness.service.close()
        }
        await payment.stop(within: .zero)
    }

    @Test(
        "Anything but the address of a server is a configuration error that names the variable",
        arguments: [
            " ", "payment", "payment:8082", "ftp://payment", "http://", "http:///", "http://:8082", "https://?",
            "http://payment/v1", "http://payment//", "http://payment/?", "http://payment?x=1", "http://payment#top",
            "http://me@payment", "http://me:secret@payment", "http://pay ment", "http://payment ",
            "http://payment:http",
            "http://payment:0", "http://payment:65536", "http://pay%20ment", "http://결제", "http://pay\nment",
            "http://payment:", "http://payment:99999999999999999999", "http://@payment", "HTTP://payment",
        ])
    func refused(_ url: String) async throws {
        let database = try Database.open(url: "sqlite::memory:")
        let error = #expect(throws: ServiceEnvironment.Invalid.self) {
            let service = try OrderService(
                ServiceContext(environment: ServiceEnvironment(["PAYMENT_URL": url]), database: database))
            service.close()
        }
        #expect(error?.description.hasPrefix("PAYMENT_URL ") == true)
        await database.close()
    }

    @Test(
        "Names, addresses and ports are accepted",
        arguments: [
            "http://payment", "http://payment:8082", "https://payment.shop.example:8443/", "http://127.0.0.1:1",
            "http://[::1]:8082", "http://payment:65535/",
        ])
    func accepted(_ url: String) async throws {
        let database = try Database.open(url: "sqlite::memory:")
        let service = try OrderService(
            ServiceContext(environment: ServiceEnvironment(["PAYMENT_URL": url]), database: database))
        service.close()
        await database.close()
    }
}
