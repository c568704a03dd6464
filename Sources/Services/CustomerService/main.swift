import ServiceKit

await CustomerService.main()
