internal import BlobStore
internal import ControlPlane
internal import HTTPSupport
internal import HTTPTypes
internal import Hummingbird
internal import MetadataStore
internal import NIOCore
internal import Resources

/// Artifacts: the proxy that plain clients upload to and download from, lists, and the downloads of the web pages. Bytes
/// pass through in pieces; nothing is held whole.
struct ArtifactEndpoints: Sendable {
    let runs: RunService
    let models: ModelRegistry
    let blobs: BlobService

    /// Those that answer with JSON.
    var list: [MLflowEndpoint] {
        [
            MLflowEndpoint(.get, "artifacts/list") { call in
                let run = try await runs.run(try call.runID, in: call.workspace).run
                let path = try ArtifactPath(try call.arguments.text("path") ?? "")
                var json = try await listing(of: run.place, path, call)
                json["root_uri"] = .string(call.scope.uri(of: run))
                return json
            },
            MLflowEndpoint(.get, "logged-models/*/artifacts/directories") { call in
                let model = try await runs.loggedModel(call.capture(0), in: call.workspace)
                let path = try ArtifactPath(try call.arguments.text("artifact_directory_path") ?? "")
                var json = try await listing(of: model.place, path, call)
                json["root_uri"] = .string(call.scope.uri(of: model))
                return json
            },
            MLflowEndpoint(.post, "artifacts/presigned-upload-url") { _ -> JSON in throw Self.noParts },
            MLflowEndpoint(.post, "artifacts/presigned-download-url") { _ -> JSON in throw Self.noParts },
        ]
    }

    /// What clients of object stores ask for; on this answer they send and fetch files as a whole.
    private static let noParts = Problem(
        .unsupported, "uploads and downloads in parts need no special treatment here; send or fetch the file as a whole")

    /// The answer when the address is one whose body is not JSON: the proxy, an upload or a download.
    func respond(to request: Request, at address: MLflowAddress, _ scope: MLflowScope) async throws -> Response? {
        switch address.api {
        case .artifacts: return try await proxy(request, address.rest, scope)
        case .mlflow:
            let query = MLflowArguments(query: request.uri.query ?? "")
            if request.method == .post, address.rest == "upload-artifact" {
                let run = try await runs.run(try query.required("run_id", or: "run_uuid"), in: scope.workspace).run
                let bytes = try await request.bytes(limit: 10 * 1024 * 1024)
                let place = run.place.appending(try filePath(query.required("path")))
                return try await store(.init(buffer: bytes), at: place, type: request.headers[.contentType], scope)
            }
            let parts = address.rest.split(separator: "/")
            if request.method == .get, parts.count == 4, parts[0] == "logged-models", parts[2...] == ["artifacts", "files"] {
                let model = try await runs.loggedModel(ArtifactPath.percentDecoded(String(parts[1])), in: scope.workspace)
                return try await fetch(model.place.appending(try filePath(query.required("artifact_file_path"))), request, scope)
            }
            return nil
        }
    }

    // MARK: Proxy

    private func proxy(_ request: Request, _ rest: String, _ scope: MLflowScope) async throws -> Response? {
        if rest == "artifacts" {
            guard request.method == .get else { throw Problem(.methodNotAllowed, "artifacts are listed by GET") }
            let query = MLflowArguments(query: request.uri.query ?? "")
            let place = ArtifactPlace(proxyPath: try ArtifactPath(try query.text("path") ?? ""))
            var json: JSON = [:]
            var marker: String?
            var files: [JSON] = []
            repeat {
                let page = try await page(of: place, marker: marker, scope)
                files += page.files.map { $0.json(below: "") }
                marker = page.next
            } while marker != nil
            json.set("files", files)
            return .json(json)
        }
        if rest.hasPrefix("mpu/") || rest.hasPrefix("presigned/") {
            throw Self.noParts
        }
        guard rest.hasPrefix("artifacts/") else { return nil }
        let path = ArtifactPath.percentDecoded(String(rest.dropFirst("artifacts/".count)))
        switch request.method {
        case .put:
            let place = ArtifactPlace(proxyPath: try filePath(path))
            return try await store(request.body, at: place, type: request.headers[.contentType], scope)
        case .get: return try await fetch(ArtifactPlace(proxyPath: try filePath(path)), request, scope)
        case .delete:
            let checked = try ArtifactPath(path)
            guard !checked.text.isEmpty else { throw Problem(.invalidInput, "Invalid path: name what to delete", target: "path") }
            try await delete(ArtifactPlace(proxyPath: checked), scope)
            return .json([:])
        default: throw Problem(.methodNotAllowed, "an artifact is sent by PUT, fetched by GET and removed by DELETE")
        }
    }

    private func store(_ body: RequestBody, at place: ArtifactPlace, type: String?, _ scope: MLflowScope) async throws -> Response {
        try checkWritable(place)
        let address = try await blobs.resolve(place.datastorePath, in: scope.workspace)
        let isPlain = type == nil || type == "application/octet-stream" || type == "application/x-www-form-urlencoded"
        let headers = BlobHeaders(contentType: isPlain ? BlobService.contentType(ofFile: place.path) : type ?? "")
        do {
            _ = try await blobs.put(address, from: body, headers: headers)
        } catch let problem as Problem where problem.code == .notFound && problem.target == "container" {
            // Found out before the first byte was read.
            try await blobs.ensureContainer(address.container)
            _ = try await blobs.put(address, from: body, headers: headers)
        }
        try await runs.adoptModel(describedBy: place, in: scope.workspace)
        return .json([:])
    }

    private func delete(_ place: ArtifactPlace, _ scope: MLflowScope) async throws {
        try checkWritable(place)
        let address = try await blobs.resolve(place.datastorePath, in: scope.workspace)
        if try await blobs.find(address) != nil { return try await blobs.delete(address) }
        guard try await isFolder(address) else {
            throw Problem(.notFound, "there is no artifact at this path", target: "path")
        }
        try await blobs.deleteFolder(address)
    }

    private func checkWritable(_ place: ArtifactPlace) throws(Problem) {
        guard place.isWritable else {
            throw Problem(
                .forbidden, "the datastore '\(place.datastore)' is written through Azure's storage addresses, not through MLflow's proxy",
                target: "path")
        }
    }

    // MARK: Downloads

    /// `/get-artifact?run_id=…&path=…`
    func download(ofRun request: Request, _ scope: MLflowScope, _ context: APIContext) async throws -> Response {
        let query = MLflowArguments(query: request.uri.query ?? "")
        let run = try await runs.run(try query.required("run_id", or: "run_uuid"), in: scope.workspace).run
        return try await fetch(run.place.appending(try filePath(query.required("path"))), request, scope)
    }

    /// `/model-versions/get-artifact?name=…&version=…&path=…`
    func download(ofVersion request: Request, _ scope: MLflowScope, _ context: APIContext) async throws -> Response {
        let query = MLflowArguments(query: request.uri.query ?? "")
        let path = try filePath(query.required("path"))
        let version = try await models.version(try query.required("version"), of: try query.required("name"), in: scope.workspace)
        guard let root = version.place else {
            throw Problem(.unsupported, "the files of this version are not in this server's store but at \(version.uri)", target: "path")
        }
        return try await fetch(root.appending(path), request, scope)
    }

    /// Always as a download that no browser interprets; whole, or the bytes that `Range` asks for.
    private func fetch(_ place: ArtifactPlace, _ request: Request, _ scope: MLflowScope) async throws -> Response {
        let address = try await blobs.resolve(place.datastorePath, in: scope.workspace)
        guard let blob = try await blobs.find(address) else {
            if try await isFolder(address) {
                throw Problem(.invalidInput, "this path is a directory; list it and fetch its files", target: "path")
            }
            throw Problem(.notFound, "there is no artifact at this path", target: "path")
        }
        let file = address.name.split(separator: "/").last.map(String.init) ?? "artifact"
        let plain = file.unicodeScalars.map {
            $0.isASCII && $0.value >= 0x20 && !"\"\\;%".unicodeScalars.contains($0) ? Character($0) : "_"
        }
        var headers: HTTPFields = [.contentType: blob.headers.contentType]
        for (name, value) in [("Content-Disposition", "attachment; filename=\"\(String(plain))\""), ("X-Content-Type-Options", "nosniff")] {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        headers[.acceptRanges] = "bytes"
        headers[.eTag] = "\"\(blob.etag)\""
        var range = 0..<blob.size
        if let text = request.headers[.range], let asked = ByteRange(text) {
            guard let part = asked.resolve(size: blob.size) else {
                headers[.contentRange] = "bytes */\(blob.size)"
                return Response(status: .rangeNotSatisfiable, headers: headers)
            }
            range = part
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(blob.size)"
        }
        let chunks = blobs.chunks(of: blob, range: range)
        let body = ResponseBody(contentLength: range.count) { writer in
            for try await chunk in chunks { try await writer.write(chunk) }
            try await writer.finish(nil)
        }
        return Response(status: headers[.contentRange] == nil ? .ok : .partialContent, headers: headers, body: body)
    }

    // MARK: Lists

    private struct File {
        let name: String
        /// `nil` for a directory.
        let size: Int64?

        func json(below folder: String) -> JSON {
            var json: JSON = ["path": .string(folder.isEmpty ? name : folder + "/" + name), "is_dir": .bool(size == nil)]
            if let size { json["file_size"] = .integer(size) }
            return json
        }
    }

    /// `files` with their paths below `root`.
    private func listing(of root: ArtifactPlace, _ path: ArtifactPath, _ call: MLflowCall) async throws -> JSON {
        let token = try call.arguments.text("page_token").flatMap { $0.isEmpty ? nil : $0 }
        let page = try await page(of: root.appending(path), marker: token, call.scope)
        var json: JSON = [:]
        json.set("files", page.files.map { $0.json(below: path.text) })
        json.set(pageToken: page.next)
        return json
    }

    private func page(of folder: ArtifactPlace, marker: String?, _ scope: MLflowScope) async throws -> (files: [File], next: String?) {
        let address = try await blobs.resolve(folder.datastorePath, in: scope.workspace)
        let prefix = address.name.isEmpty ? "" : address.name + "/"
        do {
            let listing = try await blobs.list(address.container, prefix: prefix, delimiter: "/", marker: marker)
            let files = listing.entries.map { entry in
                switch entry {
                case .blob(let blob): File(name: String(blob.address.name.dropFirst(prefix.count)), size: blob.size)
                case .prefix(let name): File(name: String(name.dropFirst(prefix.count).dropLast()), size: nil)
                }
            }
            return (files.filter { !$0.name.isEmpty }, listing.nextMarker)
        } catch let problem as Problem where problem.code == .notFound {
            return ([], nil)
        }
    }

    private func isFolder(_ address: BlobAddress) async throws -> Bool {
        do {
            return try await !blobs.list(address.container, prefix: address.appending("").name, limit: 1).entries.isEmpty
        } catch let problem as Problem where problem.code == .notFound {
            return false
        }
    }

    /// A path that can be a file: not empty, no slash at its end.
    private func filePath(_ text: String) throws(Problem) -> ArtifactPath {
        let path = try ArtifactPath(text)
        guard !path.text.isEmpty, !text.hasSuffix("/") else {
            throw Problem(.invalidInput, "Invalid path: \(FactRules.quoted(text)) does not name a file", target: "path")
        }
        return path
    }
}
