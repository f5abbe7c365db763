internal import ControlPlane
internal import Foundation
internal import HTTPSupport
internal import MetadataStore
internal import Resources

/// Artifacts as Azure's tracking plug-in sends and fetches them: it asks for signed addresses and talks to the blob store.
extension RunHistoryRoutes {
    /// How long a signed address works.
    private static let linkLifetime: TimeInterval = 24 * 3600
    private static let filesPerRequest = 1000

    /// `POST artifacts/batch/metadata`: where to put files.
    func uploadSlots(for owner: String, _ call: Call) async throws -> JSON {
        let root = try await place(of: owner, call)
        let items = try await call.body()["paths"]?.arrayValue ?? []
        guard items.count <= Self.filesPerRequest else {
            throw Problem(
                .invalidInput, "at most \(Self.filesPerRequest) files can be announced at once, got \(items.count)", target: "paths")
        }
        var artifacts: JSON = [:]
        var contents: JSON = [:]
        for item in items {
            guard let text = item["path"]?.stringValue ?? item.stringValue else {
                throw Problem(.invalidInput, "'path' is missing", target: "paths")
            }
            let path = try ArtifactPath(text)
            guard !path.text.isEmpty else { throw Problem(.invalidInput, "Invalid path: it is empty", target: "paths") }
            let address = try await blobs.resolve(root.appending(path).datastorePath, in: call.workspace)
            try await blobs.ensureContainer(address.container)
            artifacts[text] = artifact(path.text, of: owner)
            contents[text] = content(path.text, of: owner, at: address, permissions: "rcw")
            if path.text.hasSuffix("/MLmodel") {
                try await runs.adoptModel(at: ArtifactPath(String(path.text.dropLast("/MLmodel".count))), ofRun: owner, in: call.workspace)
            }
        }
        return ["artifacts": artifacts, "artifactContentInformation": contents, "errors": [:]]
    }

    /// `GET artifacts`: all files, or those below `path`.
    func artifacts(of owner: String, _ call: Call) async throws -> JSON {
        let files = try await files(of: owner, below: try ArtifactPath(call.query("path") ?? ""), call)
        return ["value": .array(files.map { artifact($0.path, of: owner) })]
    }

    /// `GET artifacts/contentinfo?path=`: where to fetch one file.
    func contentInfo(of owner: String, _ call: Call) async throws -> JSON {
        let path = try ArtifactPath(call.query("path") ?? "")
        let address = try await blobs.resolve(place(of: owner, call).appending(path).datastorePath, in: call.workspace)
        guard try await blobs.find(address) != nil else {
            throw Problem(.notFound, "the run '\(owner)' has no artifact '\(path.text)'", target: "path")
        }
        return content(path.text, of: owner, at: address, permissions: "r")
    }

    /// `GET artifacts/prefix/contentinfo?path=`: the same for every file below a folder.
    func contentInfos(of owner: String, _ call: Call) async throws -> JSON {
        let files = try await files(of: owner, below: try ArtifactPath(call.query("path") ?? ""), call)
        return ["value": .array(files.map { content($0.path, of: owner, at: $0.address, permissions: "r") })]
    }

    // MARK: Pieces

    /// A logged model keeps its files as a run does.
    private func place(of owner: String, _ call: Call) async throws -> ArtifactPlace {
        do {
            return try await runs.run(owner, in: call.workspace).run.place
        } catch let problem as Problem where problem.code == .notFound && owner.hasPrefix("m-") {
            return try await runs.loggedModel(owner, in: call.workspace).place
        }
    }

    private func files(of owner: String, below folder: ArtifactPath, _ call: Call) async throws -> [(path: String, address: BlobAddress)] {
        let root = try await blobs.resolve(place(of: owner, call).datastorePath, in: call.workspace).appending("")
        let prefix = folder.text.isEmpty ? root : root.appending(folder.text + "/")
        var files: [(path: String, address: BlobAddress)] = []
        var marker: String?
        repeat {
            let page: BlobListing
            do {
                page = try await blobs.list(root.container, prefix: prefix.name, marker: marker)
            } catch let problem as Problem where problem.code == .notFound {
                return []
            }
            for case .blob(let blob) in page.entries { files.append((String(blob.address.name.dropFirst(root.name.count)), blob.address)) }
            marker = page.nextMarker
        } while marker != nil
        return files
    }

    private func artifact(_ path: String, of owner: String) -> JSON {
        [
            "artifactId": .string("ExperimentRun/dcid.\(owner)/\(path)"), "origin": "ExperimentRun", "container": .string("dcid.\(owner)"),
            "path": .string(path),
        ]
    }

    private func content(_ path: String, of owner: String, at address: BlobAddress, permissions: String) -> JSON {
        var json = artifact(path, of: owner)
        let signature = SharedAccessSignature.blobSAS(
            address: address, permissions: permissions, expires: Date().addingTimeInterval(Self.linkLifetime), key: access.accountKey)
        json["contentUri"] = .string("\(baseURL)\(address.urlPath(doublesSlash: true))?\(signature)")
        return json
    }
}
