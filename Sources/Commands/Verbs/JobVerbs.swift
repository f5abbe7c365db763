import APIClient
package import ArgumentParser
import Foundation
import Kinds
package import Resources

/// `martlet job cancel`.
package struct JobCancel: ServerCommand {
    package static let configuration = CommandConfiguration(commandName: "cancel", abstract: "Cancel a job.")

    @OptionGroup package var common: CommonOptions
    @Option(name: .shortAndLong, help: "Name of the job.") package var name: String

    package init() {}

    package func result(_ session: Session) async throws -> JSON {
        let id = ResourceID(workspace: session.workspace, kind: Job.path, name: name)
        try await session.client.post(id.path + "/cancel")
        return .null
    }
}

/// `martlet job validate`: reads the document as `create` would, says what would happen and what will surprise, and sends
/// nothing.
package struct JobValidate: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(commandName: "validate", abstract: "Check a job's document.")

    @OptionGroup package var common: CommonOptions
    @OptionGroup package var document: DocumentOptions

    package init() {}

    package func validate() throws {
        if document.file == nil { throw CommandFailure.usage("the following arguments are required: --file/-f") }
    }

    package func run() async throws {
        let terminal = Terminal.current
        let workspace = common.workspace(terminal, server: .standard)
        let written = try document.document(flags: [], terminal: terminal)
        let forecast = JobForecast(try Job.readyDraft(from: written, workspace: workspace), document: written)
        var result: JSON = ["result": "Succeeded", "plan": .array(forecast.plan.map { .string($0) })]
        if !forecast.warnings.isEmpty { result["warnings"] = .array(forecast.warnings.map { .string($0.description) }) }
        try common.print(result, terminal: terminal)
    }
}

/// `martlet job show-services`.
package struct JobServices: ServerCommand {
    package static let configuration = CommandConfiguration(commandName: "show-services", abstract: "Show the services of a job.")

    @OptionGroup package var common: CommonOptions
    @Option(name: .shortAndLong, help: "Name of the job.") package var name: String
    @Option(name: [.customShort("i"), .customLong("node-index")], help: .hidden) var node: Int?

    package init() {}

    package func result(_ session: Session) async throws -> JSON {
        let job = try await session.client.get(ResourceID(workspace: session.workspace, kind: Job.path, name: name).path)
        return job.value(at: "properties", "services") ?? [:]
    }
}

/// `martlet job download`: log and artifacts, one named output, or all, in the folders Azure's CLI makes.
package struct JobDownload: ServerCommand {
    package static let configuration = CommandConfiguration(commandName: "download", abstract: "Download a job's files.")

    @OptionGroup package var common: CommonOptions
    @Option(name: .shortAndLong, help: "Name of the job.") package var name: String
    @Flag(help: "Artifacts and all outputs.") package var all = false
    @Option(help: "One output of the job.") package var outputName: String?
    @Option(name: [.customShort("p"), .customLong("download-path")], help: "Folder; the working folder when absent.") package var path: String?

    package init() {}

    package func validate() throws {
        if all, outputName != nil { throw CommandFailure.usage("--all and --output-name exclude each other") }
    }

    /// Where files come from and, below the download folder, where they go.
    package func places(of job: JSON) throws(Problem) -> [(place: DatastorePath, folder: String)] {
        let outputs = job.value(at: "properties", "outputs")?.objectValue ?? [:]
        func named(_ output: String) -> (place: DatastorePath, folder: String) {
            let place = outputs[output]?["uri"]?.stringValue.flatMap { DatastorePath($0) }
            return (place ?? StorageReference.defaultPlace(job: name, output: output), "named-outputs/\(output)")
        }
        let artifacts = (place: StorageReference.artifacts(of: name, path: ""), folder: "artifacts")
        guard let outputName else { return all ? [artifacts] + outputs.keys.filter { $0 != "default" }.map(named) : [artifacts] }
        if outputName == "default" || outputName == "artifacts" { return [artifacts] }
        guard outputs[outputName] != nil else {
            let known = outputs.keys.sorted().joined(separator: ", ")
            throw Problem(.notFound, "the job '\(name)' has no output '\(outputName)'; it has \(known.isEmpty ? "none" : known)")
        }
        return [named(outputName)]
    }

    package func result(_ session: Session) async throws -> JSON {
        let job = try await session.client.get(ResourceID(workspace: session.workspace, kind: Job.path, name: name).path)
        guard APIClient.isTerminal(job) else {
            let status = job.value(at: "properties", "status")?.stringValue ?? "unknown"
            throw Problem(.conflict, "the job '\(name)' is \(status); download when it has ended")
        }
        let root = URL(filePath: session.terminal.absolute(path ?? "."))
        for (place, folder) in try places(of: job) {
            let target = root.appending(path: folder)
            let count = try await session.client.download(
                place, workspace: session.workspace, into: target, progress: session.progress("Downloading \(folder)"))
            session.note(count == 0 ? "Nothing to download in \(folder)" : "Downloaded \(count) files to \(target.path)")
        }
        return .null
    }
}

/// `martlet model download`.
package struct ModelDownload: ServerCommand {
    package static let configuration = CommandConfiguration(commandName: "download", abstract: "Download a model's files.")

    @OptionGroup package var common: CommonOptions
    @OptionGroup package var resource: ResourceOptions
    @Option(name: [.customShort("p"), .customLong("download-path")], help: "Folder; the working folder when absent.") package var path: String?

    package init() {}

    package func result(_ session: Session) async throws -> JSON {
        var target = try resource.target(ModelAsset.self, workspace: session.workspace)
        if target.version == nil { target.version = try await session.latestVersion(of: target) }
        let uri = try await session.client.get(target.path).value(at: "properties", "modelUri")?.stringValue ?? ""
        guard let place = DatastorePath(uri) else {
            throw Problem(.unsupported, "the model '\(target)' lies at '\(uri)', which is not in a datastore")
        }
        let folder = URL(filePath: session.terminal.absolute(path ?? ".")).appending(path: target.name)
        let count = try await session.client.download(
            place, workspace: session.workspace, into: folder, progress: session.progress("Downloading \(target)"))
        session.note("Downloaded \(count) files to \(folder.path)")
        return .null
    }
}
