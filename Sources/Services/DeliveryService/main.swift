import ServiceKit

await DeliveryService.main()
