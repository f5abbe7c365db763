import APIClient
package import ArgumentParser
package import Kinds
package import Resources

/// `martlet NOUN list`: all of a kind, or the versions of one asset.
package struct List<Kind: YAMLKind>: ServerCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: "List \(Kind.title)s.")
    }

    @OptionGroup package var common: CommonOptions
    @Option(name: .shortAndLong, help: "Name of an asset, to list its versions.") package var name: String?
    @Option(name: [.customShort("e"), .customLong("endpoint-name"), .customLong("endpoint")], help: "Endpoint of the deployments.")
    package var endpointName: String?
    @Option(name: [.customShort("r"), .customLong("max-results")], help: "Stop after so many.") package var maxResults: Int?
    @Flag(help: "Do not stop early.") var allResults = false
    @Flag(help: "Only what is archived.") package var archivedOnly = false
    @Flag(help: "Also what is archived.") package var includeArchived = false
    @Option(name: [.customShort("p"), .customLong("parent-job-name")], help: "List the jobs that this job started.") package
        var parentJobName: String?
    @Option(name: .shortAndLong, help: "Only this type.") package var type: String?
    @Flag(help: "Only schedules that are off.") var disabledOnly = false
    @Flag(help: "Also schedules that are off.") var includeDisabled = false

    package init() {}

    package var columns: [KindColumn] { Kind.columns }

    package func validate() throws { _ = try path(.standard) }

    /// The path to list.
    package func path(_ workspace: WorkspaceID) throws -> String {
        if let name, !Kind.isVersioned { throw CommandFailure.usage("a \(Kind.title) has no versions to list; leave --name '\(name)' out") }
        if parentJobName != nil, Kind.path != "jobs" { throw CommandFailure.usage("--parent-job-name is for jobs") }
        if archivedOnly, includeArchived { throw CommandFailure.usage("--archived-only and --include-archived exclude each other") }
        guard Kind.parentPath == nil || endpointName != nil else {
            throw CommandFailure.usage("the following arguments are required: --endpoint-name/-e")
        }
        let view: String
        if Kind.path == "schedules" {
            view = disabledOnly ? "DisabledOnly" : includeDisabled ? "All" : "EnabledOnly"
        } else {
            view = archivedOnly ? "ArchivedOnly" : includeArchived ? "All" : "ActiveOnly"
        }
        return ResourceID.collection(Kind.self, workspace: workspace, parent: endpointName, name: name) + "?listViewType=\(view)"
    }

    package func result(_ session: Session) async throws -> JSON {
        if let parentJobName {
            _ = try path(session.workspace)
            return try await session.children(of: parentJobName)
        }
        // Azure shows the fifty newest jobs unless asked for more.
        let limit = allResults ? nil : maxResults ?? (Kind.path == "jobs" ? 50 : nil)
        let found = try await session.client.list(path(session.workspace), limit: type == nil ? limit : nil).map { Kind.face(of: $0) }
        guard let type else { return .array(found) }
        return .array(Array(found.filter { $0["type"]?.stringValue?.lowercased() == type.lowercased() }.prefix(limit ?? .max)))
    }
}

extension Session {
    /// The child runs of a job, by the run history that knows them all.
    func children(of job: String) async throws(Problem) -> JSON {
        let runs = try await client.list("/history/v1.0\(workspace.path)/runs/\(job)/children")
        return .array(
            runs.map { run in
                [
                    "name": run["runId"] ?? .null, "display_name": run["displayName"] ?? .null, "status": run["status"] ?? .null,
                    "parent_job_name": run["parentRunId"] ?? .string(job), "experiment_name": run["experimentName"] ?? .null,
                    "type": run["runType"] ?? .null, "tags": run["tags"] ?? [:], "properties": run["properties"] ?? [:],
                ]
            })
    }
}
