internal import ControlPlane
internal import Foundation
internal import Resources

/// `client.json`: how this machine's clients find the server and prove who they are. Only the owner may read it.
struct ClientFile {
    let folder: DataFolder
    let baseURL: String
    let identityHeader: String
    let workspace: WorkspaceID

    /// Writes the file, and the link by which clients of this user find the server they started last.
    func write(link: String?) throws {
        let content: JSON = [
            "url": .string(baseURL), "caFile": .string(folder.certificateBundle), "identityEndpoint": .string(baseURL + "/msi/token"),
            "identityHeader": .string(identityHeader),
            "workspace": [
                "subscription": .string(workspace.subscription), "resourceGroup": .string(workspace.resourceGroup), "name": .string(workspace.name),
            ],
        ]
        try replace(folder.clientFile) { path in
            FileManager.default.createFile(atPath: path, contents: Data(content.bytes(pretty: true)), attributes: [.posixPermissions: 0o600])
        }
        guard let link else { return }
        try FileManager.default.createDirectory(
            atPath: (link as NSString).deletingLastPathComponent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try replace(link) { path in symlink(folder.clientFile, path) == 0 }
    }

    private func replace(_ path: String, make: (String) -> Bool) throws {
        let temporary = path + ".new"
        unlink(temporary)
        guard make(temporary), rename(temporary, path) == 0 else {
            throw Problem(.internalFault, "cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }
}
