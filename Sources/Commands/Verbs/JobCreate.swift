import APIClient
package import ArgumentParser
import Foundation
package import Kinds
package import Resources

/// `martlet job create`: submits a job with its provenance; with `--stream` it stays until the job ends.
package struct JobCreate: ServerCommand {
    package static let configuration = CommandConfiguration(commandName: "create", abstract: "Submit a job.")

    @OptionGroup package var common: CommonOptions
    @Option(name: .shortAndLong, help: "Name; overrides the document's, generated when absent.") package var name: String?
    @OptionGroup package var document: DocumentOptions
    @Flag(name: .shortAndLong, help: "Follow the log (on stderr) until the job ends; exit code 1 when it fails.") package var stream = false
    @Flag(name: [.customShort("e"), .customLong("web")], help: "Print the address of the job's page on stderr.") package var web = false
    @Option(name: [.customShort("a"), .customLong("save-as")], help: ArgumentHelp("Write the submitted job as YAML.", valueName: "path"))
    package var saveAs: String?
    @Flag(help: .hidden) var skipValidation = false

    package init() {}

    package var columns: [KindColumn] { Job.columns }

    package func validate() throws {
        if document.file == nil { throw CommandFailure.usage("the following arguments are required: --file/-f") }
    }

    /// The job as it will be sent, provenance included.
    package func draft(_ workspace: WorkspaceID, terminal: Terminal) throws -> Draft {
        let written = try document.document(flags: name.map { [(key: "name", value: $0)] } ?? [], terminal: terminal)
        var draft = try Job.readyDraft(from: written, workspace: workspace)
        if draft.body.value(at: "properties", "experimentName")?.stringValue == nil {
            draft.body.set(.string(Self.experiment(of: terminal.directory)), at: ["properties", "experimentName"])
        }
        let provenance = GitProvenance(directory: written.directory, environment: terminal.environment)
        let said = draft.body.value(at: "properties", "properties")?.objectValue ?? [:]
        var properties = JSONObject(provenance.properties.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
        for (key, value) in said { properties[key] = value }
        if !properties.isEmpty { draft.body.set(.object(properties), at: ["properties", "properties"]) }
        return draft
    }

    /// Azure's default: the name of the working folder.
    static func experiment(of directory: String) -> String {
        let name = URL(filePath: directory).lastPathComponent.map {
            $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_"
        }
        let text = String(name)
        return ResourceName.isValidAsset(text) ? text : "Default"
    }

    package func result(_ session: Session) async throws -> JSON {
        let (id, created) = try await session.submit(draft(session.workspace, terminal: session.terminal), kind: Job.self)
        if let saveAs {
            let text = YAMLText.render(Job.face(of: created))
            try Data(text.utf8).write(to: URL(filePath: session.terminal.absolute(saveAs)))
        }
        if web, let page = created.value(at: "properties", "services", "Studio", "endpoint")?.stringValue {
            session.note("Web View: \(page)")
        }
        guard stream else { return Job.face(of: created) }
        let terminal = session.terminal
        let last = try await session.stream(id, created, write: { terminal.writeError($0) })
        if let failure = try await session.failure(of: id, last) {
            try common.print(Job.face(of: last), columns: columns, terminal: terminal)
            throw failure
        }
        return Job.face(of: last)
    }
}
