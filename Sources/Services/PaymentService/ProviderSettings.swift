import HTTPClient
import ServiceKit
import Telemetry

/// Which provider moves the money, and how it is reached.
enum ProviderSettings {
    enum Kind: String, CaseIterable, Sendable { case embedded, toss }

    static let all: [any AnySetting] = [
        provider, payLimit, mode, delay, failPercent, tossURL, tossSecretKey, tossTimeout,
    ]

    static let provider = Setting("PAYMENT_PROVIDER", default: Kind.embedded, "who moves the money")
    private static let payLimit = Setting<Int>(
        "PAY_LIMIT", default: 10_000_000, in: 0...Int(Int32.max),
        "won; a payment above it is declined by the embedded provider, as a card's limit would")
    private static let mode = Setting(
        "PROVIDER_MODE", default: EmbeddedProvider.Mode.normal, "how the embedded provider behaves at first")
    private static let delay = Setting(
        "PROVIDER_DELAY_MS", default: 2_000, in: ProviderForm.delay, unit: .milliseconds(1),
        "how long it takes while it is slow")
    private static let failPercent = Setting<Int>(
        "PROVIDER_FAIL_PERCENT", default: 50, in: ProviderForm.percent, "how many calls fail while it is failing")
    private static let tossURL = Setting.serverURL(
        "TOSS_URL", default: "https://api.tosspayments.com", "Toss Payments")
    private static let tossSecretKey = Setting.requiredSecret("TOSS_SECRET_KEY", "the shop's secret key there")
    private static let tossTimeout = Setting(
        "TOSS_TIMEOUT_MS", default: 800, in: 10...1_900, unit: .milliseconds(1),
        "how long a charge waits for it; keep it below PAYMENT_TIMEOUT_MS")

    static func embedded(_ environment: ServiceEnvironment) throws(ServiceEnvironment.Invalid) -> EmbeddedProvider {
        let behaviour = EmbeddedProvider.Behaviour(
            mode: try environment[mode], delay: try environment[delay], failPercent: try environment[failPercent])
        return EmbeddedProvider(limit: try environment[payLimit], behaviour)
    }

    static func toss(_ context: ServiceContext, _ client: HTTPClient) throws(ServiceEnvironment.Invalid) -> TossPayments
    {
        var toss = TossPayments(
            url: try context.environment[tossURL], secretKey: try context.environment[tossSecretKey], client: client,
            wrongCharges: context.metrics.counter("charges_wrong_total"), log: context.log)
        toss.chargeTimeout = try context.environment[tossTimeout]
        return toss
    }

    static var connections: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.connectionsPerHost = 256
        return configuration
    }
}
