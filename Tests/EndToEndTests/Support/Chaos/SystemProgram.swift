import Checkout
import Foundation

/// An instance of a service, or the embedded broker, as a victim of faults.
struct SystemProgram: Victim {
    let system: FoodSystem
    let instance: Instance?
    let calm: ClosedRange<Double>
    let kills: Double

    var name: String { instance?.name ?? "broker" }

    /// Payment gets more time between its faults: for a while after each the breaker is open, and nobody orders.
    static func services(of system: FoodSystem) -> [any Victim] {
        FoodSystem.Service.all.flatMap(system.instances).map { instance in
            let calm = instance.service == .payment ? 4.0...24 : 2...12
            return SystemProgram(system: system, instance: instance, calm: calm, kills: 0.5)
        }
    }

    /// Killed often, as most goes wrong when a broker is emptied while somebody has not read everything; but in a long
    /// run there is ever more to publish again, and sometimes time for it.
    static func broker(of system: FoodSystem) -> any Victim {
        let calm = 2...Double(max(6, ChaosRun.seconds / 10))
        return SystemProgram(system: system, instance: nil, calm: calm, kills: 0.75)
    }

    func start() async throws {
        if let instance { try await system.launch(instance) } else { try await system.launchBroker() }
    }

    func kill() async -> String? {
        guard let program = await system.program(name) else { return "it was never started" }
        guard program.isRunning else {
            return "status \(await program.status().map(String.init) ?? "unknown"):\n\(program.tail)"
        }
        await system.stop(name, SIGKILL)
        return nil
    }

    func end() async -> String? {
        guard let program = await system.program(name) else { return "it was never started" }
        program.signal(SIGTERM)
        let status = await program.status(within: .seconds(20))
        return status == 0 ? nil : "status \(status.map(String.init) ?? "none"):\n\(program.tail)"
    }

    func pause() async { await system.program(name)?.signal(SIGSTOP) }
    func resume() async { await system.program(name)?.signal(SIGCONT) }
}
