/// Where all events of the system travel.
public enum Topic { public static let name = "fooddelivery" }
