import AsyncHTTPClient
import Foundation
import NIOHTTP1
package import Resources

/// Told how far a transfer is: bytes done, bytes in all.
package typealias TransferProgress = @Sendable (_ done: Int, _ total: Int) -> Void

extension APIClient {
    /// Uploads a code folder unless the server has its content already; gives the ARM id of the code asset.
    package func uploadCode(_ path: String, workspace: WorkspaceID, progress: @escaping TransferProgress) async throws(Problem) -> String {
        let tree = try LocalTree(path: path, base: .ofCode)
        let hash = try tree.hash()
        let code = ResourceID(workspace: workspace, kind: "codes", name: UUID().uuidString.lowercased())
        if let known = try await list(code.path + "/versions?hash=\(hash)&hashVersion=202208").first?["id"]?.stringValue { return known }
        let version = code.at(version: "1")
        let slot = try await post(version.path + "/startPendingUpload", ["pendingUploadType": "TemporaryBlobReference"])
        guard let place = slot["blobReferenceForConsumption"], let blobURI = place["blobUri"]?.stringValue,
            let sasURI = place.value(at: "credential", "sasUri")?.stringValue
        else { throw Problem(.internalFault, "the server offered no place for the code of '\(path)'") }
        let container = try BlobContainer(client: self, signedURL: sasURI)
        try await upload(tree, to: container, prefix: tree.isFolder ? tree.name + "/" : "", progress: progress)
        try await put(
            version.path,
            [
                "properties": [
                    "codeUri": .string(blobURI + "/" + tree.name), "isAnonymous": true,
                    "properties": ["hash_sha256": .string(hash), "hash_version": "202208"],
                ]
            ])
        return version.path
    }

    /// Uploads a file or folder into a datastore under a path that its content names, unless it lies there already.
    package func uploadData(
        _ path: String, workspace: WorkspaceID, datastore: String = "workspaceblobstore", base: IgnoreRules = IgnoreRules(text: ""),
        progress: @escaping TransferProgress
    ) async throws(Problem) -> UploadedPlace {
        let tree = try LocalTree(path: path, base: base)
        let folder = "LocalUpload/\(try tree.hash())/"
        let prefix = tree.isFolder ? folder + tree.name + "/" : folder
        let container = try await container(of: datastore, workspace: workspace)
        // The first file tells for all: it is marked when the last of them has arrived.
        let indicator = prefix + (tree.files.first?.path ?? "")
        if try await container.metadata(of: indicator)?["upload_status"] != "completed" {
            try await upload(tree, to: container, prefix: prefix, progress: progress)
            try await container.setMetadata(of: indicator, ["upload_status": "completed", "name": "LocalUpload", "version": "1"])
        }
        let place = folder + tree.name + (tree.isFolder ? "/" : "")
        return UploadedPlace(
            path: DatastorePath(datastore: datastore, path: place), url: container.url + "/" + place)
    }

    /// Puts all files, at most eight requests at a time; large files in blocks.
    private func upload(
        _ tree: LocalTree, to container: BlobContainer, prefix: String, progress: @escaping TransferProgress
    )
        async throws(Problem)
    {
        let total = tree.files.reduce(0) { $0 + $1.size }
        let pieces = tree.files.flatMap { UploadPiece.pieces(of: $0) }
        var done = 0
        progress(0, total)
        do {
            try await withThrowingTaskGroup(of: Int.self) { group in
                for (index, piece) in pieces.enumerated() {
                    if index >= 8, let size = try await group.next() {
                        done += size
                        progress(done, total)
                    }
                    group.addTask {
                        try await container.put(
                            prefix + piece.file.path, block: piece.block, from: piece.file.url, offset: piece.offset, length: piece.length)
                        return piece.length
                    }
                }
                while let size = try await group.next() {
                    done += size
                    progress(done, total)
                }
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.unavailable, "the upload of '\(tree.name)' failed: \(error)")
        }
        for file in tree.files {
            let blocks = UploadPiece.pieces(of: file).compactMap(\.block)
            if !blocks.isEmpty { try await container.commit(prefix + file.path, blocks: blocks) }
        }
    }

    /// The container behind a datastore, opened with a signature from the server.
    func container(of datastore: String, workspace: WorkspaceID) async throws(Problem) -> BlobContainer {
        let path = ResourceID(workspace: workspace, kind: "datastores", name: datastore).path
        let properties = try await get(path)["properties"] ?? .null
        guard let account = properties["accountName"]?.stringValue, let name = properties["containerName"]?.stringValue else {
            throw Problem(.unsupported, "the datastore '\(datastore)' is not a blob datastore; only those can be read and written here")
        }
        let secrets = try await post(path + "/listSecrets", ["expirableSecret": true, "expireAfterHours": 1])
        guard let signature = secrets["sasToken"]?.stringValue else {
            throw Problem(.unsupported, "the datastore '\(datastore)' gives no shared access signature")
        }
        return BlobContainer(client: self, url: "https://\(account).blob.\(try await storageSuffix())/\(name)", signature: signature)
    }

    /// The end of every storage host, from the server's description of its cloud.
    private func storageSuffix() async throws(Problem) -> String {
        let (response, bytes) = try await exchange(.GET, connection.url + "/metadata/endpoints?api-version=2019-05-01")
        let document = response.status.code == 200 ? try JSON(parsing: bytes) : .null
        guard var suffix = (document.arrayValue?.first ?? document).value(at: "suffixes", "storage")?.stringValue else {
            throw Problem(.internalFault, "the server at \(connection.url) does not say where its storage is")
        }
        while suffix.hasSuffix("/") { suffix.removeLast() }
        return suffix
    }
}

/// Where an upload lies.
package struct UploadedPlace: Sendable, Hashable {
    package var path: DatastorePath
    /// The same place as a storage URL.
    package var url: String
}

/// One request of an upload: a whole file, or a block of one.
private struct UploadPiece: Sendable {
    let file: LocalTree.File
    /// Base 64, equally long for all blocks of a file.
    let block: String?
    let offset: Int
    let length: Int

    static func pieces(of file: LocalTree.File) -> [UploadPiece] {
        guard file.size > BlobContainer.maximumPut else { return [UploadPiece(file: file, block: nil, offset: 0, length: file.size)] }
        return stride(from: 0, to: file.size, by: BlobContainer.blockSize).enumerated().map { index, offset in
            let number = String(index)
            let id = Data((String(repeating: "0", count: max(0, 9 - number.count)) + number).utf8).base64EncodedString()
            return UploadPiece(file: file, block: id, offset: offset, length: min(BlobContainer.blockSize, file.size - offset))
        }
    }
}
