import APIClient
package import ArgumentParser
package import Kinds
package import Resources

/// `martlet NOUN show`: exit code 3 when there is none.
package struct Show<Kind: YAMLKind>: ServerCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "show", abstract: "Show \(Kind.titleWithArticle).")
    }

    @OptionGroup package var common: CommonOptions
    @OptionGroup package var resource: ResourceOptions

    package init() {}

    package var columns: [KindColumn] { Kind.columns }

    package func validate() throws { _ = try resource.target(Kind.self, workspace: .standard) }

    package func result(_ session: Session) async throws -> JSON {
        var target = try resource.target(Kind.self, workspace: session.workspace)
        do throws(Problem) {
            if Kind.isVersioned, target.version == nil { target.version = try await session.latestVersion(of: target) }
            return Kind.face(of: try await session.client.get(target.armPath))
        } catch {
            throw CommandFailure(error, exitCode: error.code == .notFound ? 3 : 1)
        }
    }
}
