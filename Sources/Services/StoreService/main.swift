import ServiceKit

await StoreService.main()
