import APIClient
package import ArgumentParser
package import Resources

/// The root when the program is called `az`: `az ml …` and the few other commands that scripts for Azure ML use.
package struct AzureCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "az", abstract: "Azure ML on this machine, by the Azure CLI's words.",
        subcommands: [
            AzureML.self, Configure.self, Account.self, Login.self, Logout.self, ExtensionCommand.self, Config.self, VersionCommand.self,
        ])

    package init() {}
}

/// `az ml …`.
package struct AzureML: ParsableCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "ml", abstract: "Manage Azure ML resources.", subcommands: NounGroups.all)
    }

    package init() {}
}

/// A command that needs no server.
package protocol LocalCommand: ParsableCommand {
    var common: CommonOptions { get }
    func result(_ terminal: Terminal) throws -> JSON
}

extension LocalCommand {
    package func run() throws {
        let terminal = Terminal.current
        try common.print(try result(terminal), terminal: terminal)
    }
}

/// `az configure --defaults group=… workspace=…`.
package struct Configure: LocalCommand {
    package static let configuration = CommandConfiguration(commandName: "configure", abstract: "Set or list defaults.")

    @OptionGroup package var common: CommonOptions
    @Option(
        name: .shortAndLong, parsing: .upToNextOption, help: ArgumentHelp("Defaults; an empty value removes one.", valueName: "name=value"))
    package var defaults: [String] = []
    @Flag(name: .shortAndLong, help: "List the defaults.") package var listDefaults = false

    package init() {}

    package func result(_ terminal: Terminal) throws -> JSON {
        var settings = Defaults(environment: terminal.environment)
        for text in defaults.flatMap({ $0.split(separator: " ") }) {
            let (key, value) = try DocumentOptions.assignment(String(text), flag: "--defaults")
            settings.set("defaults.\(key)", value)
        }
        if !defaults.isEmpty { try settings.save() }
        guard listDefaults || defaults.isEmpty else { return .null }
        return .array(
            settings.values.sorted { $0.key < $1.key }.filter { $0.key.hasPrefix("defaults.") }
                .map { ["name": .string(String($0.key.dropFirst("defaults.".count))), "value": .string($0.value)] })
    }
}

/// `az config set defaults.workspace=… core.output=…`.
package struct Config: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Manage settings.", subcommands: [ConfigSet.self, ConfigGet.self, ConfigUnset.self])

    package init() {}
}

package struct ConfigSet: LocalCommand {
    package static let configuration = CommandConfiguration(commandName: "set", abstract: "Set settings.")
    @OptionGroup package var common: CommonOptions
    @Argument(help: ArgumentHelp("Settings.", valueName: "section.name=value")) package var settings: [String]

    package init() {}

    package func result(_ terminal: Terminal) throws -> JSON {
        var stored = Defaults(environment: terminal.environment)
        for text in settings {
            let (key, value) = try DocumentOptions.assignment(text, flag: "config set")
            stored.set(key.contains(".") ? key : "core.\(key)", value)
        }
        try stored.save()
        return .null
    }
}

package struct ConfigGet: LocalCommand {
    package static let configuration = CommandConfiguration(commandName: "get", abstract: "Show settings.")
    @OptionGroup package var common: CommonOptions
    @Argument(help: ArgumentHelp("One setting; all when absent.", valueName: "section.name")) package var key: String?

    package init() {}

    package func result(_ terminal: Terminal) throws -> JSON {
        let values = Defaults(environment: terminal.environment).values
        guard let key else { return .object(JSONObject(values.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })) }
        guard let value = values[key] else { throw Problem(.notFound, "the setting '\(key)' is not set") }
        return ["name": .string(key), "value": .string(value)]
    }
}

package struct ConfigUnset: LocalCommand {
    package static let configuration = CommandConfiguration(commandName: "unset", abstract: "Remove settings.")
    @OptionGroup package var common: CommonOptions
    @Argument(help: ArgumentHelp("Settings.", valueName: "section.name")) package var keys: [String]

    package init() {}

    package func result(_ terminal: Terminal) throws -> JSON {
        var stored = Defaults(environment: terminal.environment)
        for key in keys { stored.set(key, "") }
        try stored.save()
        return .null
    }
}
