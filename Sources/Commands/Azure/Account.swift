import APIClient
package import ArgumentParser
import Foundation
package import Resources

/// `az account`: the one subscription of this machine's server.
package struct Account: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Manage the subscription.",
        subcommands: [AccountShow.self, AccountSet.self, AccountList.self, AccountToken.self])

    package init() {}

    static func description(_ common: CommonOptions, _ terminal: Terminal) -> JSON {
        // Scripts ask for the account before a server runs, too.
        let server = (try? ServerConnection.discover(environment: terminal.environment))?.workspace ?? .standard
        let subscription = common.workspace(terminal, server: server).subscription
        let tenant = "00000000-0000-0000-0000-000000000000"
        return [
            "environmentName": "Martlet", "homeTenantId": .string(tenant), "id": .string(subscription), "isDefault": true,
            "managedByTenants": [], "name": "Martlet", "state": "Enabled", "tenantId": .string(tenant),
            "user": ["name": .string(terminal.environment["USER"] ?? "local"), "type": "user"],
        ]
    }
}

package struct AccountShow: LocalCommand {
    package static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the subscription.")
    @OptionGroup package var common: CommonOptions
    @Option(name: [.customShort("n"), .customLong("name")], help: .hidden) var name: String?
    package init() {}
    package func result(_ terminal: Terminal) -> JSON { Account.description(common, terminal) }
}

package struct AccountList: LocalCommand {
    package static let configuration = CommandConfiguration(commandName: "list", abstract: "List subscriptions.")
    @OptionGroup package var common: CommonOptions
    @Flag(help: .hidden) var all = false
    @Flag(help: .hidden) var refresh = false
    package init() {}
    package func result(_ terminal: Terminal) -> JSON { [Account.description(common, terminal)] }
}

package struct AccountSet: LocalCommand {
    package static let configuration = CommandConfiguration(commandName: "set", abstract: "Choose the subscription.")
    @OptionGroup package var common: CommonOptions
    @Option(name: [.customShort("s"), .customShort("n"), .customLong("name")], help: "Subscription.") package var name: String?
    package init() {}

    package func result(_ terminal: Terminal) throws -> JSON {
        guard let subscription = name ?? common.subscription else {
            throw CommandFailure.usage("the following arguments are required: --subscription/--name/-n/-s")
        }
        var settings = Defaults(environment: terminal.environment)
        settings.set("cloud.subscription", subscription == "Martlet" ? "" : subscription)
        try settings.save()
        return .null
    }
}

/// `az account get-access-token`, which azure-identity's AzureCliCredential calls.
package struct AccountToken: ServerCommand {
    package static let configuration = CommandConfiguration(commandName: "get-access-token", abstract: "Show an access token.")
    @OptionGroup package var common: CommonOptions
    @Option(help: "Audience of the token.") package var resource: String?
    @Option(help: "Scope of the token.") package var scope: String?
    @Option(name: .shortAndLong, help: .hidden) var tenant: String?
    package init() {}

    package func result(_ session: Session) async throws -> JSON {
        let suffix = "/.default"
        let audience = resource ?? scope.map { $0.hasSuffix(suffix) ? String($0.dropLast(suffix.count)) : $0 }
        let token = try await session.client.accessToken(audience: audience ?? session.client.connection.url)
        let expiry = Date(timeIntervalSince1970: token.expiresOn)
        let local = DateFormatter()
        local.locale = Locale(identifier: "en_US_POSIX")
        local.dateFormat = "yyyy-MM-dd HH:mm:ss.SSSSSS"
        return [
            "accessToken": .string(token.text), "expiresOn": .string(local.string(from: expiry)),
            "expires_on": .integer(Int64(token.expiresOn)),
            "subscription": .string(session.workspace.subscription), "tenant": "00000000-0000-0000-0000-000000000000",
            "tokenType": "Bearer",
        ]
    }
}

/// `az login`: whoever may read client.json is signed in already.
package struct Login: LocalCommand {
    package static let configuration = CommandConfiguration(commandName: "login", abstract: "Sign in; nothing to do here.")
    @OptionGroup package var common: CommonOptions
    @Flag(help: .hidden) var servicePrincipal = false
    @Flag(name: [.customShort("i"), .customLong("identity")], help: .hidden) var identity = false
    @Flag(help: .hidden) var useDeviceCode = false
    @Flag(help: .hidden) var allowNoSubscriptions = false
    @Option(name: [.customShort("u"), .customLong("username"), .customLong("client-id")], help: .hidden) var username: String?
    @Option(name: .shortAndLong, help: .hidden) var password: String?
    @Option(name: .shortAndLong, help: .hidden) var tenant: String?
    @Option(help: .hidden) var federatedToken: String?
    package init() {}
    package func result(_ terminal: Terminal) -> JSON { [Account.description(common, terminal)] }
}

package struct Logout: LocalCommand {
    package static let configuration = CommandConfiguration(commandName: "logout", abstract: "Sign out; nothing to do here.")
    @OptionGroup package var common: CommonOptions
    @Option(help: .hidden) var username: String?
    package init() {}
    package func result(_ terminal: Terminal) -> JSON { .null }
}

/// `az extension …`: the ml extension is built in.
package struct ExtensionCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "extension", abstract: "Manage extensions; ml is built in.",
        subcommands: [ExtensionAdd.self, ExtensionUpdate.self, ExtensionRemove.self, ExtensionList.self, ExtensionShow.self])
    package init() {}

    static var ml: JSON { ["name": "ml", "version": "2.40.0", "extensionType": "builtin", "experimental": false, "preview": false] }
}

/// The name of an extension and what else `az extension` lets people say.
package struct ExtensionOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "Name of the extension.") package var name: String?
    @Option(help: .hidden) var version: String?
    @Option(help: .hidden) var source: String?
    @Flag(name: .shortAndLong, help: .hidden) var yes = false
    @Flag(help: .hidden) var upgrade = false
    @Option(help: .hidden) var allowPreview: String?
    package init() {}

    func check() throws(Problem) {
        if let name, !["ml", "azure-cli-ml"].contains(name) {
            throw Problem(.unsupported, "the extension '\(name)' is not offered by Martlet; 'ml' is built in")
        }
    }
}

package struct ExtensionAdd: LocalCommand {
    package static let configuration = CommandConfiguration(commandName: "add", abstract: "Add an extension.")
    @OptionGroup package var common: CommonOptions
    @OptionGroup var options: ExtensionOptions
    package init() {}
    package func result(_ terminal: Terminal) throws -> JSON {
        try options.check()
        return .null
    }
}

package struct ExtensionUpdate: LocalCommand {
    package static let configuration = CommandConfiguration(commandName: "update", abstract: "Update an extension.")
    @OptionGroup package var common: CommonOptions
    @OptionGroup var options: ExtensionOptions
    package init() {}
    package func result(_ terminal: Terminal) throws -> JSON {
        try options.check()
        return .null
    }
}

package struct ExtensionRemove: LocalCommand {
    package static let configuration = CommandConfiguration(commandName: "remove", abstract: "Remove an extension.")
    @OptionGroup package var common: CommonOptions
    @OptionGroup var options: ExtensionOptions
    package init() {}
    package func result(_ terminal: Terminal) -> JSON { .null }
}

package struct ExtensionList: LocalCommand {
    package static let configuration = CommandConfiguration(commandName: "list", abstract: "List extensions.")
    @OptionGroup package var common: CommonOptions
    package init() {}
    package func result(_ terminal: Terminal) -> JSON { [ExtensionCommand.ml] }
}

package struct ExtensionShow: LocalCommand {
    package static let configuration = CommandConfiguration(commandName: "show", abstract: "Show an extension.")
    @OptionGroup package var common: CommonOptions
    @OptionGroup var options: ExtensionOptions
    package init() {}
    package func result(_ terminal: Terminal) throws -> JSON {
        try options.check()
        return ExtensionCommand.ml
    }
}

/// `az version`, `martlet version`.
package struct VersionCommand: LocalCommand {
    package static let configuration = CommandConfiguration(commandName: "version", abstract: "Show versions.")
    @OptionGroup package var common: CommonOptions
    package init() {}

    /// The version of Martlet; the manual of releases says what each brought.
    package static let current = "0.1.0"

    package func result(_ terminal: Terminal) -> JSON {
        ["azure-cli": "2.75.0", "azure-cli-core": "2.75.0", "extensions": ["ml": "2.40.0"], "martlet": .string(Self.current)]
    }
}
