import APIClient
import Foundation
package import Resources

/// The settings of `az configure` and `az config set`, kept in `config` of Martlet's home in the Azure CLI's own form
/// (sections of `key = value`), and the order in which a workspace is looked for.
package struct Defaults: Sendable, Hashable {
    /// `section.key` → value.
    package var values: [String: String]
    private let file: URL

    package init(environment: [String: String]) {
        file = ServerConnection.home(environment).appending(path: "config")
        values = FileManager.default.contents(atPath: file.path(percentEncoded: false)).map { Self.parse(String(decoding: $0, as: UTF8.self)) } ?? [:]
    }

    static func parse(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        var section = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.hasPrefix("["), line.hasSuffix("]") {
                section = String(line.dropFirst().dropLast())
            } else if !line.hasPrefix("#"), !line.hasPrefix(";"), let equals = line.firstIndex(of: "=") {
                let key = line[..<equals].trimmingCharacters(in: .whitespaces)
                values["\(section).\(key)"] = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            }
        }
        return values
    }

    /// Sets one value; an empty one removes it.
    package mutating func set(_ key: String, _ value: String) {
        values[key] = value.isEmpty ? nil : value
    }

    package func save() throws(Problem) {
        let sections = Dictionary(grouping: values.keys.sorted()) { String($0.prefix { $0 != "." }) }
        let text = sections.keys.sorted().map { section in
            "[\(section)]\n" + (sections[section] ?? []).map { "\($0.dropFirst(section.count + 1)) = \(values[$0] ?? "")\n" }.joined()
        }.joined(separator: "\n")
        do {
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file, options: .atomic)
        } catch {
            throw Problem(.invalidInput, "cannot write the settings '\(file.path)'; check its permissions")
        }
    }

    /// The workspace a command means, part by part: flags, `AZURE_DEFAULTS_*`, `az configure`, the nearest `config.json`
    /// or `.azureml/config.json` upward from the working folder, the server's own.
    package func workspace(
        subscription: String?, group: String?, name: String?, environment: [String: String], directory: String, server: WorkspaceID
    ) -> WorkspaceID {
        func variable(_ key: String) -> String? { environment[key].flatMap { $0.isEmpty ? nil : $0 } }
        let group = group ?? variable("AZURE_DEFAULTS_GROUP") ?? values["defaults.group"]
        let name = name ?? variable("AZURE_DEFAULTS_WORKSPACE") ?? values["defaults.workspace"]
        let subscription = subscription ?? variable("AZURE_SUBSCRIPTION_ID") ?? values["cloud.subscription"]
        let project = group == nil || name == nil || subscription == nil ? Self.projectFile(above: directory) : nil
        return WorkspaceID(
            subscription: subscription ?? project?["subscription_id"]?.stringValue ?? server.subscription,
            resourceGroup: group ?? project?["resource_group"]?.stringValue ?? server.resourceGroup,
            name: name ?? project?["workspace_name"]?.stringValue ?? server.name)
    }

    private static func projectFile(above directory: String) -> JSON? {
        var folder = URL(filePath: directory).standardizedFileURL
        for _ in 0..<20 {
            for name in [".azureml/config.json", "aml_config/config.json", "config.json"] {
                // Any project may have a config.json of its own; ours names a workspace.
                if let data = try? Data(contentsOf: folder.appending(path: name)), let json = try? JSON(parsing: data),
                    json["workspace_name"]?.stringValue != nil
                {
                    return json
                }
            }
            let parent = folder.deletingLastPathComponent()
            if parent.path == folder.path { return nil }
            folder = parent
        }
        return nil
    }
}
