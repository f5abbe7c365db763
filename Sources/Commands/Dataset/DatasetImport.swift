package import ArgumentParser
import Foundation
import Kinds
package import Resources

/// `martlet dataset import`: a folder of labelled images as a version of a data asset. Bytes that the server has are not sent again.
package struct DatasetImport: ServerCommand {
    package static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Register a folder of labelled images as a data asset.",
        discussion: "The folder is looked at first; what it is and holds becomes tags: format, images, objects, classes.")

    @OptionGroup package var common: CommonOptions
    @Argument(help: "The folder, with the labels and the images.") package var path: String
    @Option(name: .shortAndLong, help: "Name of the asset.") package var name: String
    @Option(name: .shortAndLong, help: "Version; counted up when absent.") package var version: String?
    @Option(name: .shortAndLong, help: "Description.") package var description: String?
    @Option(help: "The format, when looking is not enough.") package var format: String?

    package init() {}

    package var columns: [KindColumn] { DataAsset.columns }

    package func result(_ session: Session) async throws -> JSON {
        let folder = session.terminal.absolute(path)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw Problem(.invalidInput, "'\(path)' is not a folder; name the folder that holds the labels and the images", target: "path")
        }
        let summary = try WorkerCommands.answer(["dataset", "inspect", folder, "-o", "json"] + (format.map { ["--format", $0] } ?? []))
        let document = YAMLDocument(json: try document(folder, Self.tags(of: summary)), directory: session.terminal.directory)
        let draft = try DataAsset.draft(from: document, workspace: session.workspace)
        return DataAsset.face(of: try await session.submit(draft, kind: DataAsset.self).arm)
    }

    private func document(_ folder: String, _ tags: JSON) throws -> JSON {
        var document: JSON = ["name": .string(name), "type": "uri_folder", "path": .string(folder), "tags": tags]
        if let version { document["version"] = .string(version) }
        if let description { document["description"] = .string(description) }
        return document
    }

    /// What the summary of `dataset inspect -o json` says, as tags.
    package static func tags(of summary: JSON) throws(Problem) -> JSON {
        guard let format = summary["format"]?.stringValue, let images = summary["images"]?.literalText, let objects = summary["objects"]?.literalText,
            let categories = summary["categories"]?.arrayValue
        else { throw Problem(.internalFault, "'martlet-worker dataset inspect' did not say what it found; both programs must be of one build") }
        let classes = categories.compactMap { $0["name"]?.stringValue }.joined(separator: ", ")
        // Tags are read by people: a list of a thousand classes is none.
        let shown = classes.count > 240 ? classes.prefix(239) + "…" : classes[...]
        return ["format": .string(format), "images": .string(images), "objects": .string(objects), "classes": .string(String(shown))]
    }
}
