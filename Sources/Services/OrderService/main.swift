import ServiceKit

await OrderService.main()
