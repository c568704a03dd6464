public import Foundation

/// The folder that holds this package.
public enum CheckoutFolder {
    public static let url = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
}
