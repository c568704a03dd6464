import HTTPClient
import ServiceKit
import Telemetry
import Time

/// How people are told, as the environment says.
struct NotifierSettings: Sendable {
    enum Kind: String, CaseIterable { case console, sens }

    let ownerTel: String
    let limits: MessageSender.Limits
    let notifiers: [any Notifier]
    /// Closed with the service.
    let client: HTTPClient?

    /// That messages go out by first.
    var channel: Message.Channel { notifiers.first?.channel ?? .console }
}

extension NotifierSettings {
    init(_ environment: ServiceEnvironment, clock: @escaping Timestamp.Clock, log: Log) throws {
        ownerTel = try environment[Self.ownerTel]
        limits = MessageSender.Limits(
            perSecond: try environment[Self.perSecond], waiting: try environment[Self.queueLimit],
            age: try environment[Self.maximumAge])
        guard try environment[Self.kind] == .sens else {
            (notifiers, client) = ([ConsoleNotifier(log: log)], nil)
            return
        }
        let sms = try environment[Self.smsService]
        let alimtalk = try environment[Self.alimtalkService]
        let (from, friend) = (try environment[Self.from], try environment[Self.plusFriend])
        let (access, secret) = (try environment[Self.accessKey], try environment[Self.secretKey])
        var configuration = HTTPClient.Configuration()
        (configuration.timeout, configuration.connectTimeout) = (.seconds(3), .seconds(1))
        let url = try environment[Self.url]
        let client = try HTTPClient(configuration)
        let sens = SENS(url: url, accessKey: access, secretKey: secret, client: client, clock: clock)
        self.client = client
        notifiers = [
            AlimtalkNotifier(sens: sens, serviceId: alimtalk, plusFriendId: friend),
            SMSNotifier(sens: sens, serviceId: sms, from: from),
        ]
    }
}

extension NotifierSettings {
    static let all: [any AnySetting] = [
        kind, perSecond, queueLimit, maximumAge, ownerTel, url, accessKey, secretKey, alimtalkService, plusFriend,
        smsService, from,
    ]

    private static let kind = Setting(
        "NOTIFIER", default: Kind.console, "console writes messages to the log, sens sends alimtalk and then SMS")
    private static let perSecond = Setting<Int>(
        "NOTIFY_PER_SECOND", default: 50, in: 1...10_000, "messages that go out per second")
    private static let queueLimit = Setting<Int>(
        "NOTIFY_QUEUE_LIMIT", default: 10_000, in: 1...10_000_000,
        "messages that may wait; above that, statuses that a newer one has followed are shed")
    private static let maximumAge = Setting(
        "NOTIFY_MAX_AGE_MINUTES", default: 60, in: 1...10_080, unit: .seconds(60),
        "what happened longer ago is not told any more")
    private static let ownerTel = Setting("OWNER_TEL", default: "", "telephone of the owner, for news of reviews")
    private static let url = Setting.serverURL("SENS_URL", default: "https://sens.apigw.ntruss.com", "Naver Cloud SENS")
    private static let accessKey = Setting.requiredSecret("SENS_ACCESS_KEY", "access key of the account")
    private static let secretKey = Setting.requiredSecret("SENS_SECRET_KEY", "secret key that signs requests")
    private static let alimtalkService = Setting.required("SENS_ALIMTALK_SERVICE_ID", "service id for alimtalk")
    private static let plusFriend = Setting.required("SENS_PLUS_FRIEND_ID", "KakaoTalk channel, with its @")
    private static let smsService = Setting.required("SENS_SMS_SERVICE_ID", "service id for SMS")
    private static let from = Setting.required("SENS_SMS_FROM", "number that SMS come from")
}
