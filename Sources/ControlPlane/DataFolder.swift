internal import Foundation
package import Resources

/// Where everything of one server lies on disk.
package struct DataFolder: Sendable, Hashable {
    /// Absolute path.
    package let path: String

    package init(path: String) { self.path = path }

    package var metadata: String { path + "/metadata.sqlite" }
    package var blobs: String { path + "/blobs" }
    package var environments: String { path + "/environments" }
    package var keys: String { path + "/keys" }
    package var logs: String { path + "/logs" }
    /// How this machine's clients find the server and its CA; readable by the owner only.
    package var clientFile: String { path + "/client.json" }
    package var certificateAuthority: String { keys + "/ca.crt" }
    /// Our CA followed by the authorities of the machine, for clients that also talk to others.
    package var certificateBundle: String { keys + "/ca-bundle.crt" }

    /// Working folder of a job: code, inputs, outputs, logs.
    package func job(_ id: ResourceID) -> String { "\(path)/jobs/\(Self.folderName(id.workspace))/\(id.name)" }

    /// Working folder of a deployment: code, model, socket, logs.
    package func deployment(_ id: ResourceID) -> String {
        "\(path)/deployments/\(Self.folderName(id.workspace))/\(id.parent ?? "")/\(id.name)"
    }

    /// The job's log that streams: stdout and stderr together.
    package func jobLog(_ id: ResourceID, _ name: String = "user_logs/std_log.txt") -> String { "\(job(id))/logs/\(name)" }

    /// Makes the folders; those with secrets are closed to others.
    package func create() throws(Problem) {
        do {
            let files = FileManager.default
            for folder in [path, blobs, environments, keys, logs, path + "/jobs", path + "/deployments"] {
                try files.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
        } catch {
            throw Problem(.outOfSpace, "cannot make the data folder \(path): \(error.localizedDescription)")
        }
    }

    /// Two workspaces may share a name in different groups, so the folder carries a checksum (FNV-1a) of the whole address.
    private static func folderName(_ workspace: WorkspaceID) -> String {
        let hash = workspace.key.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return "\(workspace.name)-\(String(hash % 0xFFFF_FFFF, radix: 16))"
    }
}
