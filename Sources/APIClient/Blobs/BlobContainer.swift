import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Resources

/// One container of the server's blob service, reached with a shared access signature.
struct BlobContainer: Sendable {
    let client: APIClient
    /// `https://host/path/container`, without a trailing slash.
    let url: String
    /// The signature, without a question mark.
    let signature: String

    static let version = "2023-11-03"
    /// Larger files travel in blocks.
    static let maximumPut = 64 << 20
    static let blockSize = 8 << 20

    /// From a container URL that carries its signature.
    init(client: APIClient, signedURL: String) throws(Problem) {
        let parts = signedURL.split(separator: "?", maxSplits: 1)
        guard parts.count == 2, parts[0].hasPrefix("http") else {
            throw Problem(.internalFault, "the server's upload address is not a signed URL")
        }
        self.client = client
        url = parts[0].hasSuffix("/") ? String(parts[0].dropLast()) : String(parts[0])
        signature = String(parts[1])
    }

    init(client: APIClient, url: String, signature: String) {
        self.client = client
        self.url = url
        self.signature = signature.hasPrefix("?") ? String(signature.dropFirst()) : signature
    }

    private func address(_ blob: String, _ query: String = "") -> String {
        var allowed = CharacterSet.urlPathAllowed
        allowed.remove(charactersIn: ";+")
        let path = blob.isEmpty ? "" : "/" + (blob.addingPercentEncoding(withAllowedCharacters: allowed) ?? blob)
        return url + path + "?" + (query.isEmpty ? "" : query + "&") + signature
    }

    private func fail(_ response: HTTPClientResponse, _ body: [UInt8], _ action: String) -> Problem {
        let text = XMLText.first("Message", in: String(decoding: body, as: UTF8.self)) ?? "status \(response.status.code)"
        var problem = Problem(status: Int(response.status.code), body: [])
        problem.message = "cannot \(action): \(text.split(separator: "\n").first.map(String.init) ?? text)"
        return problem
    }

    /// The metadata of a blob; `nil` when there is none.
    func metadata(of blob: String) async throws(Problem) -> [String: String]? {
        let (response, body) = try await client.exchange(.HEAD, address(blob), headers: ["x-ms-version": Self.version])
        if response.status.code == 404 { return nil }
        guard response.status.code == 200 else { throw fail(response, body, "look for '\(blob)'") }
        return Dictionary(
            response.headers.compactMap { name, value in
                name.lowercased().hasPrefix("x-ms-meta-") ? (String(name.lowercased().dropFirst("x-ms-meta-".count)), value) : nil
            }, uniquingKeysWith: { first, _ in first })
    }

    func setMetadata(of blob: String, _ metadata: [String: String]) async throws(Problem) {
        var headers: HTTPHeaders = ["x-ms-version": Self.version]
        for (name, value) in metadata { headers.add(name: "x-ms-meta-\(name)", value: value) }
        let (response, body) = try await client.exchange(.PUT, address(blob, "comp=metadata"), headers: headers, body: [])
        guard response.status.code == 200 else { throw fail(response, body, "finish the upload of '\(blob)'") }
    }

    /// Sends `length` bytes of the file from `offset` as the blob, or as one of its blocks.
    func put(_ blob: String, block: String? = nil, from file: URL, offset: Int, length: Int) async throws(Problem) {
        var request = HTTPClientRequest(url: address(blob, block.map { "comp=block&blockid=\($0)" } ?? ""))
        request.method = .PUT
        request.headers = ["x-ms-version": Self.version]
        if block == nil {
            request.headers.add(name: "x-ms-blob-type", value: "BlockBlob")
            request.headers.add(name: "If-None-Match", value: "*")
        }
        request.body =
            length == 0 ? .bytes([UInt8]()) : .stream(FileRange(url: file, offset: offset, length: length), length: .known(Int64(length)))
        let response = try await client.send(request, timeout: .hours(1))
        let body = (try? await response.body.collect(upTo: 1 << 20)).map { Array(buffer: $0) } ?? []
        // The path holds a hash of the content: who came first stored the same bytes.
        if response.status.code == 409, block == nil { return }
        guard response.status.code == 201 else { throw fail(response, body, "upload '\(file.path)'") }
    }

    /// Makes the blob out of its blocks.
    func commit(_ blob: String, blocks: [String]) async throws(Problem) {
        let xml =
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>" + blocks.map { "<Latest>\($0)</Latest>" }.joined() + "</BlockList>"
        let (response, body) = try await client.exchange(
            .PUT, address(blob, "comp=blocklist"), headers: ["x-ms-version": Self.version, "If-None-Match": "*"], body: Array(xml.utf8))
        if response.status.code == 409 { return }
        guard response.status.code == 201 else { throw fail(response, body, "finish the upload of '\(blob)'") }
    }

    /// Names and sizes of the blobs below `prefix`.
    func blobs(prefix: String) async throws(Problem) -> [(name: String, size: Int)] {
        var result: [(String, Int)] = []
        var marker = ""
        let encode: (String) -> String = { $0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? $0 }
        repeat {
            let query = "restype=container&comp=list&prefix=\(encode(prefix))" + (marker.isEmpty ? "" : "&marker=\(encode(marker))")
            let (response, body) = try await client.exchange(.GET, address("", query), headers: ["x-ms-version": Self.version])
            guard response.status.code == 200 else { throw fail(response, body, "list '\(prefix)'") }
            let text = String(decoding: body, as: UTF8.self)
            for blob in XMLText.all("Blob", in: text) {
                guard let name = XMLText.first("Name", in: blob) else { continue }
                result.append((name, XMLText.first("Content-Length", in: blob).flatMap { Int($0) } ?? 0))
            }
            marker = XMLText.first("NextMarker", in: text) ?? ""
        } while !marker.isEmpty
        return result
    }

    /// Writes the blob to `file`, which appears only when it is whole.
    func download(_ blob: String, to file: URL) async throws(Problem) {
        var request = HTTPClientRequest(url: address(blob))
        request.headers = ["x-ms-version": Self.version]
        let response = try await client.send(request, timeout: .hours(1))
        guard response.status.code == 200 else {
            throw fail(response, (try? await response.body.collect(upTo: 1 << 20)).map { Array(buffer: $0) } ?? [], "download '\(blob)'")
        }
        let partial = file.appendingPathExtension("part")
        do {
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            _ = FileManager.default.createFile(atPath: partial.path, contents: nil)
            let handle = try FileHandle(forWritingTo: partial)
            defer { try? handle.close() }
            for try await chunk in response.body { try handle.write(contentsOf: Data(chunk.readableBytesView)) }
            try? FileManager.default.removeItem(at: file)
            try FileManager.default.moveItem(at: partial, to: file)
        } catch {
            try? FileManager.default.removeItem(at: partial)
            throw Problem(.unavailable, "cannot write '\(file.path)': \(error)")
        }
    }
}

/// A part of a file as a stream of buffers, read as the connection takes them.
private struct FileRange: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    let url: URL
    let offset: Int
    let length: Int

    struct AsyncIterator: AsyncIteratorProtocol {
        let range: FileRange
        var handle: FileHandle?
        var remaining: Int

        mutating func next() async throws -> ByteBuffer? {
            guard remaining > 0 else { return nil }
            if handle == nil {
                handle = try FileHandle(forReadingFrom: range.url)
                try handle?.seek(toOffset: UInt64(range.offset))
            }
            guard let data = try handle?.read(upToCount: Swift.min(remaining, 1 << 18)), !data.isEmpty else {
                throw Problem(.conflict, "'\(range.url.path)' became shorter while it was uploaded; try again")
            }
            remaining -= data.count
            return ByteBuffer(bytes: data)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(range: self, handle: nil, remaining: length) }
}
