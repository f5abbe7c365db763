import Foundation

/// Which commit a job's code comes from, as job properties in the names of Azure's SDK. `AZUREML_GIT_*` variables
/// override what git says; without a repository there is nothing to say.
package struct GitProvenance: Sendable, Hashable {
    package var properties: [String: String] = [:]

    package init(directory: String, environment: [String: String]) {
        let isRepository = environment["PATH"] != nil && Self.git(["rev-parse", "--is-inside-work-tree"], directory, environment) == "true"
        func fact(_ variable: String, _ arguments: [String]) -> String? {
            if let value = environment["AZUREML_GIT_\(variable)"], !value.isEmpty { return value }
            guard isRepository, let text = Self.git(arguments, directory, environment), !text.isEmpty else { return nil }
            return text
        }
        if let uri = fact("REPOSITORY_URI", ["config", "--get", "remote.origin.url"]).map(Self.withoutUser) {
            properties["azureml.git.repository_uri"] = uri
            properties["mlflow.source.git.repoURL"] = uri
        }
        if let branch = fact("BRANCH", ["symbolic-ref", "--short", "HEAD"]) {
            properties["azureml.git.branch"] = branch
            properties["mlflow.source.git.branch"] = branch
        }
        if let commit = fact("COMMIT", ["rev-parse", "HEAD"]) {
            properties["azureml.git.commit"] = commit
            properties["mlflow.source.git.commit"] = commit
        }
        if let dirty = environment["AZUREML_GIT_DIRTY"], !dirty.isEmpty {
            properties["azureml.git.dirty"] = ["true", "1"].contains(dirty.lowercased()) ? "True" : "False"
        } else if isRepository, let status = Self.git(["status", "--porcelain", "."], directory, environment) {
            properties["azureml.git.dirty"] = status.isEmpty ? "False" : "True"
        }
        for (variable, key) in [("BUILD_ID", "azureml.git.build_id"), ("BUILD_URI", "azureml.git.build_uri")] {
            if let value = environment["AZUREML_GIT_\(variable)"], !value.isEmpty { properties[key] = value }
        }
    }

    /// A remote's password or token is nobody's business.
    static func withoutUser(_ uri: String) -> String {
        guard let scheme = uri.range(of: "://"), let at = uri[scheme.upperBound...].prefix(while: { $0 != "/" }).lastIndex(of: "@") else {
            return uri
        }
        return String(uri[..<scheme.upperBound] + uri[uri.index(after: at)...])
    }

    /// What git prints; `nil` when it fails or is not there.
    private static func git(_ arguments: [String], _ directory: String, _ environment: [String: String]) -> String? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git"] + arguments
        process.currentDirectoryURL = URL(filePath: directory)
        process.environment = environment.merging(["GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"]) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = (try? pipe.fileHandleForReading.readToEnd()) ?? nil
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(decoding: data ?? Data(), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
