package import ArgumentParser
import Foundation
import Kinds
import Resources

/// `martlet schema`: the JSON schema of a kind's document, for editors.
package struct SchemaCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON schema of a kind's YAML document.",
        discussion: "Name it in the first line of a document: # yaml-language-server: $schema=schemas/job.schema.json")

    @Argument(help: "A kind, such as job; all of them when absent.") package var kind: String?
    @Option(help: ArgumentHelp("Write a file KIND.schema.json for each kind into this folder.", valueName: "folder")) package var output: String?

    package init() {}

    package func run() async throws {
        let kinds = AllKinds.list.filter { kind == nil || $0.noun == kind }
        guard !kinds.isEmpty else {
            throw ValidationError("there is no kind '\(kind ?? "")'; known: \(AllKinds.list.map { $0.noun }.sorted().joined(separator: ", "))")
        }
        let terminal = Terminal.current
        guard let output else {
            for kind in kinds { terminal.writeOutput(kind.schemaText) }
            return
        }
        let folder = URL(filePath: terminal.absolute(output))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for kind in kinds { try kind.schemaText.write(to: folder.appending(path: "\(kind.noun).schema.json"), atomically: true, encoding: .utf8) }
    }
}
