import Foundation

let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case nil: exit(EmbeddedBroker.run(ProcessInfo.processInfo.environment))
case "--help": print(EmbeddedBroker.help)
case "--version": print("broker \(EmbeddedBroker.version)")
default: exit(EmbeddedBroker.fail("Unknown argument \(arguments.joined(separator: " ")); try --help"))
}
