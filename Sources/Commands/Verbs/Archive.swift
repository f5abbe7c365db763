import APIClient
package import ArgumentParser
package import Kinds
package import Resources

/// `martlet NOUN archive`: hides an asset, one of its versions, or a job from lists.
package struct Archive<Kind: YAMLKind>: ServerCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "archive", abstract: "Hide \(Kind.titleWithArticle) from lists.")
    }

    @OptionGroup package var common: CommonOptions
    @OptionGroup package var resource: ResourceOptions

    package init() {}

    package func validate() throws { _ = try resource.target(Kind.self, workspace: .standard) }

    package func result(_ session: Session) async throws -> JSON {
        try await session.setArchived(true, Kind.self, resource)
        return .null
    }
}

/// `martlet NOUN restore`: the way back.
package struct Restore<Kind: YAMLKind>: ServerCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "restore", abstract: "Show \(Kind.titleWithArticle) in lists again.")
    }

    @OptionGroup package var common: CommonOptions
    @OptionGroup package var resource: ResourceOptions

    package init() {}

    package func validate() throws { _ = try resource.target(Kind.self, workspace: .standard) }

    package func result(_ session: Session) async throws -> JSON {
        try await session.setArchived(false, Kind.self, resource)
        return .null
    }
}

extension Session {
    fileprivate func setArchived(_ isArchived: Bool, _ kind: any ResourceKind.Type, _ resource: ResourceOptions) async throws {
        var target = try resource.target(kind, workspace: workspace)
        if resource.label != nil { target.version = try await latestVersion(of: target) }
        var body = try await client.get(target.path)
        if kind.path == "jobs" {
            let experiment = body.value(at: "properties", "experimentName")?.stringValue ?? "Default"
            try await client.patch(
                "/history/v1.0\(workspace.path)/experiments/\(experiment)/runs/\(target.name)", ["hidden": .bool(isArchived)])
            return
        }
        body.set(.bool(isArchived), at: ["properties", "isArchived"])
        try await client.put(target.path, body.withoutReadOnlyMembers)
    }
}
