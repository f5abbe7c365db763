import APIClient
package import ArgumentParser
package import Kinds
package import Resources

/// `martlet NOUN delete`.
package struct Delete<Kind: YAMLKind>: ServerCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "delete", abstract: "Delete \(Kind.titleWithArticle).")
    }

    @OptionGroup package var common: CommonOptions
    @OptionGroup package var resource: ResourceOptions
    @Flag(name: .shortAndLong, help: "Do not ask.") package var yes = false
    @Flag(help: "Do not wait for the end of the operation.") package var noWait = false
    @Flag(help: .hidden) var allResources = false
    @Flag(name: [.customShort("p"), .customLong("permanently-delete")], help: .hidden) var permanently = false

    package init() {}

    package func validate() throws {
        if resource.name == nil { throw CommandFailure.usage("the following arguments are required: --name/-n") }
        _ = try resource.target(Kind.self, workspace: .standard)
    }

    package func result(_ session: Session) async throws -> JSON {
        let target = try resource.target(Kind.self, workspace: session.workspace)
        // Azure asks where something may be running.
        if ["computes", "onlineEndpoints", "onlineEndpoints/deployments", "batchEndpoints", "batchEndpoints/deployments", "workspaces"]
            .contains(Kind.path)
        {
            try session.terminal.confirm("Delete the \(Kind.title) '\(target)'?", yes: yes)
        }
        try await session.client.delete(target.armPath + (Kind.path == "computes" ? "?underlyingResourceAction=Delete" : ""), wait: !noWait)
        return .null
    }
}
