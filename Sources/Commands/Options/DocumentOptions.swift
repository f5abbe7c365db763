package import ArgumentParser
package import Kinds
import Resources

/// `-f` and `--set`: the document a command works from.
package struct DocumentOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: ArgumentHelp("YAML document.", valueName: "path"))
    package var file: String?
    @Option(parsing: .upToNextOption, help: ArgumentHelp("Change values of the document.", valueName: "path=value"))
    package var set: [String] = []

    package init() {}

    /// The document with what `flags` and then `--set` change in it.
    package func document(flags: [(key: String, value: String)], terminal: Terminal) throws -> YAMLDocument {
        var document =
            try file.map { path throws(Problem) in
                try YAMLDocument(contentsOfFile: path.hasPrefix("/") ? path : terminal.absolute(path))
            } ?? YAMLDocument(json: [:], directory: terminal.directory)
        for flag in flags { try document.set(flag.key, to: flag.value) }
        try apply(to: &document)
        return document
    }

    package func apply(to document: inout YAMLDocument) throws {
        for assignment in set {
            let (key, value) = try Self.assignment(assignment, flag: "--set")
            try document.set(key, to: value)
        }
    }

    /// `a.b=c` in two.
    static func assignment(_ text: String, flag: String) throws -> (String, String) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw CommandFailure.usage("\(flag) '\(text)' has no '='; write \(flag) NAME=VALUE")
        }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
}

/// Flags of `create` that stand for keys of the document.
package protocol DocumentFlags: ParsableArguments, Sendable {
    /// Dotted keys and their values.
    func values(_ terminal: Terminal) throws -> [(key: String, value: String)]
    /// Whether a document can come from these flags alone.
    static var replaceFile: Bool { get }
}

extension DocumentFlags {
    package static var replaceFile: Bool { true }

    static func pairs(_ flags: [(String, String?)], tags: [String] = []) throws -> [(key: String, value: String)] {
        try flags.compactMap { key, value in value.map { (key: key, value: $0) } }
            + tags.flatMap { $0.split(separator: " ") }.map { tag in
                let (key, value) = try DocumentOptions.assignment(String(tag), flag: "--tags")
                return (key: "tags.\(key)", value: value)
            }
    }
}

/// A flag's path is seen from the working folder, a document's from the document.
private func placed(_ path: String?, _ terminal: Terminal) -> String? {
    path.map { text in
        if case .local = AssetReference(text) { return terminal.absolute(text) }
        return text
    }
}

/// Kinds that are written as a document only.
package struct FileFlags: DocumentFlags {
    package init() {}
    package static var replaceFile: Bool { false }
    package func values(_ terminal: Terminal) -> [(key: String, value: String)] { [] }
}

/// `data create`, `model create`.
package struct AssetFlags: DocumentFlags {
    @Option(name: .shortAndLong, help: "Local path or URI of the content.") var path: String?
    @Option(name: .shortAndLong, help: "Type: uri_file, uri_folder, mltable; custom_model, mlflow_model, triton_model.") var type: String?
    @Option(name: .shortAndLong, help: "Description.") var description: String?
    @Option(parsing: .upToNextOption, help: ArgumentHelp("Tags.", valueName: "key=value")) var tags: [String] = []
    @Option(name: .shortAndLong, help: "Stage of a model.") var stage: String?
    @Option(help: .hidden) var datastore: String?
    package init() {}

    package func values(_ terminal: Terminal) throws -> [(key: String, value: String)] {
        try Self.pairs(
            [("path", placed(path, terminal)), ("type", type), ("description", description), ("stage", stage), ("datastore", datastore)],
            tags: tags)
    }
}

package struct EnvironmentFlags: DocumentFlags {
    @Option(name: .shortAndLong, help: "Container image.") var image: String?
    @Option(name: .shortAndLong, help: "Conda file.") var condaFile: String?
    @Option(name: .shortAndLong, help: "Folder with a Dockerfile.") var buildContext: String?
    @Option(name: [.customShort("d"), .customLong("dockerfile-path")], help: "Dockerfile, seen from the folder.") var dockerfilePath: String?
    @Option(help: "Description.") var description: String?
    @Option(help: "Operating system.") var osType: String?
    @Option(parsing: .upToNextOption, help: ArgumentHelp("Tags.", valueName: "key=value")) var tags: [String] = []
    package init() {}

    package func values(_ terminal: Terminal) throws -> [(key: String, value: String)] {
        try Self.pairs(
            [
                ("image", image), ("conda_file", placed(condaFile, terminal)), ("build.path", placed(buildContext, terminal)),
                ("build.dockerfile_path", dockerfilePath), ("description", description), ("os_type", osType),
            ], tags: tags)
    }
}

package struct ComputeFlags: DocumentFlags {
    @Option(name: .shortAndLong, help: "Type: amlcompute, computeinstance.") var type: String?
    @Option(help: "VM size; a label.") var size: String?
    @Option(help: "Nodes kept ready.") var minInstances: Int?
    @Option(help: "Nodes at most.") var maxInstances: Int?
    @Option(name: [.customShort("d"), .customLong("idle-time-before-scale-down")], help: "Seconds until an idle node goes.") var idleTime: Int?
    @Option(help: "Tier: dedicated, low_priority.") var tier: String?
    @Option(help: "Description.") var description: String?
    @Option(help: .hidden) var location: String?
    @Option(parsing: .upToNextOption, help: ArgumentHelp("Tags.", valueName: "key=value")) var tags: [String] = []
    package init() {}

    package func values(_ terminal: Terminal) throws -> [(key: String, value: String)] {
        try Self.pairs(
            [
                ("type", type), ("size", size), ("min_instances", minInstances.map(String.init)),
                ("max_instances", maxInstances.map(String.init)), ("idle_time_before_scale_down", idleTime.map(String.init)),
                ("tier", tier),
                ("description", description), ("location", location),
            ], tags: tags)
    }
}

package struct EndpointFlags: DocumentFlags {
    @Option(help: "How callers prove themselves: key, aml_token, aad_token.") var authMode: String?
    @Option(help: "Description.") var description: String?
    @Option(help: .hidden) var location: String?
    @Option(parsing: .upToNextOption, help: ArgumentHelp("Tags.", valueName: "key=value")) var tags: [String] = []
    package init() {}

    package func values(_ terminal: Terminal) throws -> [(key: String, value: String)] {
        try Self.pairs([("auth_mode", authMode), ("description", description), ("location", location)], tags: tags)
    }
}

package struct WorkspaceFlags: DocumentFlags {
    @Option(help: "Name that people read.") var displayName: String?
    @Option(help: "Description.") var description: String?
    @Option(name: .shortAndLong, help: "Region; a label.") var location: String?
    @Option(parsing: .upToNextOption, help: ArgumentHelp("Tags.", valueName: "key=value")) var tags: [String] = []
    package init() {}

    package func values(_ terminal: Terminal) throws -> [(key: String, value: String)] {
        try Self.pairs([("display_name", displayName), ("description", description), ("location", location)], tags: tags)
    }
}
