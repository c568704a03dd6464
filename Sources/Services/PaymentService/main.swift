import ServiceKit

await PaymentService.main()
