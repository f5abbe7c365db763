import APIClient
package import ArgumentParser
package import Resources

extension OutputFormat: ExpressibleByArgument {
    package init?(argument: String) { self.init(rawValue: argument.lowercased()) }
}

/// What every command accepts.
package struct CommonOptions: ParsableArguments {
    @Option(name: [.customShort("g"), .customLong("resource-group")], help: "Resource group; default from the configuration.")
    package var resourceGroup: String?
    @Option(name: [.customShort("w"), .customLong("workspace-name")], help: "Workspace; default from the configuration.")
    package var workspaceName: String?
    @Option(help: "Subscription; default from the configuration.")
    package var subscription: String?
    @Option(name: .shortAndLong, help: "Form of the result.")
    package var output: OutputFormat?
    @Option(help: ArgumentHelp("JMESPath query on the result.", valueName: "expression"), transform: CommonOptions.query)
    package var query: JMESPath?
    @Flag(help: "Print errors and nothing else on stderr.")
    package var onlyShowErrors = false
    @Flag(help: "Say more on stderr.")
    package var verbose = false
    @Flag(help: "Follow every request on stderr.")
    package var debug = false
    @Flag(help: .hidden)
    var acquirePolicyToken = false
    @Option(help: .hidden)
    var changeReference: String?

    package init() {}

    private static func query(_ text: String) throws -> JMESPath {
        do throws(JMESPathError) {
            return try JMESPath(text)
        } catch {
            throw ValidationError("--query '\(text)' is not a JMESPath expression: \(error)")
        }
    }

    /// The form asked for by flag, by `AZURE_CORE_OUTPUT`, by `az config set core.output=…`.
    func format(_ terminal: Terminal) -> OutputFormat {
        output ?? terminal.environment["AZURE_CORE_OUTPUT"].flatMap(OutputFormat.init(argument:))
            ?? Defaults(environment: terminal.environment).values["core.output"].flatMap(OutputFormat.init(argument:)) ?? .json
    }

    /// Prints a result in the form asked for.
    func print(_ result: JSON, columns: [KindColumn] = [], terminal: Terminal) throws(Problem) {
        let rendering = ResultRendering(
            format: format(terminal), query: query, columns: columns,
            allowsColor: terminal.isOutputInteractive && terminal.environment["NO_COLOR"] == nil)
        let text = try rendering.text(of: result)
        if !text.isEmpty { terminal.writeOutput(text) }
    }

    /// The workspace these flags mean on the server at `connection`.
    package func workspace(_ terminal: Terminal, server: WorkspaceID) -> WorkspaceID {
        Defaults(environment: terminal.environment).workspace(
            subscription: subscription, group: resourceGroup, name: workspaceName, environment: terminal.environment,
            directory: terminal.directory, server: server)
    }
}

/// A command whose result comes from a server.
package protocol ServerCommand: AsyncParsableCommand {
    var common: CommonOptions { get }
    var columns: [KindColumn] { get }
    func result(_ session: Session) async throws -> JSON
}

extension ServerCommand {
    package var columns: [KindColumn] { [] }

    package func run() async throws {
        let terminal = Terminal.current
        let connection = try ServerConnection.discover(environment: terminal.environment)
        let isTracing = common.debug
        let trace: @Sendable (String) -> Void = { if isTracing { terminal.writeError("DEBUG: \($0)\n") } }
        let workspace = common.workspace(terminal, server: connection.workspace)
        let isQuiet = common.onlyShowErrors
        let result: JSON = try await APIClient.withClient(connection, trace: trace) { (client: APIClient) async throws -> JSON in
            try await self.result(Session(client: client, workspace: workspace, terminal: terminal, isQuiet: isQuiet))
        }
        try common.print(result, columns: columns, terminal: terminal)
    }
}
