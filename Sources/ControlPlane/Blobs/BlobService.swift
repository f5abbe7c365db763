package import BlobStore
package import Foundation
package import MetadataStore
package import NIOCore
package import Resources

/// Blobs by name: containers, bytes, block lists, lists, folders in and out. It joins the index (`MetadataStore`) and the
/// bytes (`BlobStore`): the bytes are on the disk before a name points at them.
///
/// Problems name what they are about in `target`: `container`, `blob`, `range`, `Content-MD5`, `blocklist`, `append`.
package struct BlobService: Sendable {
    package let store: BlobStore
    let metadata: MetadataStore
    let now: @Sendable () -> Date

    package init(metadata: MetadataStore, store: BlobStore, now: @escaping @Sendable () -> Date = { Date() }) {
        self.metadata = metadata
        self.store = store
        // Whole milliseconds, as the index keeps them: what a write returns is what a read returns.
        self.now = { Date(milliseconds: now().milliseconds) }
    }

    // MARK: In

    /// Stores a stream under a name, replacing what was there. The bytes go to the disk as they come.
    /// - Parameters:
    ///   - md5: what the sender says the 16 bytes of the MD5 are; others are refused.
    ///   - conditions: judged before the first byte and again when the name is set.
    package func put<Chunks: AsyncSequence>(
        _ address: BlobAddress, from chunks: Chunks, headers: BlobHeaders = BlobHeaders(), metadata values: [String: String] = [:],
        kind: StoredBlob.Kind = .block, md5: [UInt8]? = nil, conditions: BlobConditions = BlobConditions()
    ) async throws -> StoredBlob where Chunks.Element == ByteBuffer {
        try Self.checkName(address)
        _ = try await metadata.read { tx in
            let container = try Self.container(tx, address.container)
            try conditions.admitWrite(over: Self.blob(tx, address, in: container), at: address)
        }
        let written = try await store.write(chunks)
        return try await save(address, written, headers: headers, metadata: values, kind: kind, md5: md5, conditions: conditions)
    }

    /// Stores bytes that are at hand.
    @discardableResult
    package func put(
        _ address: BlobAddress, bytes: [UInt8], headers: BlobHeaders = BlobHeaders(), metadata values: [String: String] = [:],
        conditions: BlobConditions = BlobConditions()
    ) async throws -> StoredBlob {
        try Self.checkName(address)
        return try await save(
            address, try await store.write(bytes), headers: headers, metadata: values, kind: .block, md5: nil, conditions: conditions)
    }

    /// Stores a file of this machine. With `moving` it is gone from its place afterwards, and nothing is copied when it is
    /// on the store's file system.
    @discardableResult
    package func put(
        _ address: BlobAddress, fileAt path: String, moving: Bool = false, headers: BlobHeaders? = nil
    ) async throws
        -> StoredBlob
    {
        try Self.checkName(address)
        let written = try await store.adopt(fileAt: path, moving: moving)
        return try await save(
            address, written, headers: headers ?? BlobHeaders(contentType: Self.contentType(ofFile: path)), metadata: [:], kind: .block,
            md5: nil,
            conditions: BlobConditions())
    }

    /// Gives another name to the same bytes, at once and without copying them; `headers` and `metadata` are the source's unless given.
    package func copy(
        _ source: BlobAddress, to target: BlobAddress, metadata values: [String: String]? = nil,
        conditions: BlobConditions = BlobConditions()
    ) async throws -> StoredBlob {
        try Self.checkName(target)
        let (now, etag) = (now(), Self.newEtag())
        return try await metadata.write { tx in
            let original = try Self.existing(tx, source)
            let container = try Self.container(tx, target.container)
            try conditions.admitWrite(over: Self.blob(tx, target, in: container), at: target)
            var copy = original
            copy.address = target
            copy.etag = etag
            copy.metadata = values ?? original.metadata
            copy.createdAt = now
            copy.modifiedAt = now
            try tx.saveBlob(copy.record, parts: try tx.parts(of: original.id), container: container.id)
            return copy
        }
    }

    // MARK: Out

    /// The blob, or `.notFound` with the target `blob` or `container`.
    package func get(_ address: BlobAddress) async throws -> StoredBlob {
        try await metadata.read { try Self.existing($0, address) }
    }

    /// The blob, or `nil` when there is none, or no such container.
    package func find(_ address: BlobAddress) async throws -> StoredBlob? {
        try await metadata.read { tx in
            guard let container = try tx.container(account: address.container.account, name: address.container.name) else { return nil }
            return try Self.blob(tx, address, in: Self.stored(container))
        }
    }

    /// The bytes of a blob that `get` or `find` returned, cut to `range`, read from the disk as they are asked for.
    package func chunks(of blob: StoredBlob, range: Range<Int64>? = nil) -> ExtentChunks { store.read(blob.extents, range: range) }

    /// A blob and its bytes.
    package func open(_ address: BlobAddress, range: Range<Int64>? = nil) async throws -> (blob: StoredBlob, chunks: ExtentChunks) {
        let blob = try await get(address)
        return (blob, chunks(of: blob, range: range))
    }

    /// All bytes of a small blob; `.tooLarge` when they are more than `limit`.
    package func bytes(of address: BlobAddress, limit: Int = 16 * 1024 * 1024) async throws -> [UInt8] {
        let content = try await open(address).chunks.collect(limit: limit)
        return Array(content.readableBytesView)
    }

    // MARK: Changes

    /// Replaces the metadata.
    package func setMetadata(
        _ values: [String: String], of address: BlobAddress, conditions: BlobConditions = BlobConditions()
    )
        async throws -> StoredBlob
    {
        try await change(address, conditions) { $0.metadata = values }
    }

    /// Replaces all headers.
    package func setHeaders(
        _ headers: BlobHeaders, of address: BlobAddress, conditions: BlobConditions = BlobConditions()
    ) async throws
        -> StoredBlob
    {
        try await change(address, conditions) { $0.headers = headers }
    }

    package func delete(_ address: BlobAddress, conditions: BlobConditions = BlobConditions()) async throws {
        try await metadata.write { tx in
            let blob = try Self.existing(tx, address)
            try conditions.admitWrite(over: blob, at: address)
            try tx.deleteBlob(blob.id)
        }
    }

    /// Removes every blob whose name lies beneath the folder `address` (all of them when its name is empty).
    /// - Returns: how many there were.
    @discardableResult
    package func deleteFolder(_ address: BlobAddress) async throws -> Int {
        let prefix = address.name.isEmpty ? "" : address.appending("").name
        return try await metadata.write { tx in
            let container = try Self.container(tx, address.container)
            return try tx.deleteBlobs(container: container.id, from: prefix, to: Self.end(ofPrefix: prefix))
        }
    }

    /// Frees the bytes that no name has needed for `grace` seconds, and blocks that nobody committed within a week.
    @discardableResult
    package func sweep(grace: TimeInterval = 3600) async throws -> (extents: Int, bytes: Int64) {
        let weekAgo = now().addingTimeInterval(-7 * 24 * 3600)
        try await metadata.write { try $0.deleteStagedBlocks(before: weekAgo) }
        return try await store.sweep(grace: grace) { hashes in try await metadata.read { try $0.referencedExtents(among: hashes) } }
    }

    // MARK: Datastores

    /// Where a path into a datastore leads, by the container and account that the datastore resource names. A datastore
    /// without an account, or with this server's own, is in the account of its workspace.
    package func resolve(_ path: DatastorePath, in home: WorkspaceID) async throws -> BlobAddress {
        let workspace = path.workspace ?? home
        let id = ResourceID(workspace: workspace, kind: "datastores", name: path.datastore)
        guard let datastore = try await metadata.read({ try $0.resource(id) }) else {
            throw Problem(.notFound, "there is no datastore '\(path.datastore)' in the workspace '\(workspace.name)'", target: "datastore")
        }
        let properties = datastore.effectiveProperties
        guard let container = properties["containerName"]?.stringValue ?? properties["filesystem"]?.stringValue else {
            throw Problem(
                .unsupported,
                "the datastore '\(path.datastore)' is of the type '\(properties["datastoreType"]?.stringValue ?? "")', which holds no blobs here; "
                    + "use one of type azure_blob",
                target: "datastore")
        }
        // The wire spells the account as `HOST:PORT/blobstore/ACCOUNT` (azure-wire.md 1.1).
        let account = properties["accountName"]?.stringValue?.split(separator: "/").last.map(String.init)
        let name = String(path.path.drop { $0 == "/" })
        return BlobContainer(account: account ?? BlobContainer.account(of: workspace), name: container).at(name)
    }

    // MARK: Pieces

    func save(
        _ address: BlobAddress, _ written: WrittenExtent, headers: BlobHeaders, metadata values: [String: String], kind: StoredBlob.Kind,
        md5: [UInt8]?, conditions: BlobConditions
    ) async throws -> StoredBlob {
        try Self.check(md5, of: written)
        var headers = headers
        if kind == .block, headers.contentMD5 == nil { headers.contentMD5 = Data(written.md5).base64EncodedString() }
        let extents = written.extent.size == 0 ? [] : [written.extent]
        let blob = newBlob(address, kind: kind, extents: extents, headers: headers, metadata: values)
        return try await metadata.write { tx in try Self.replace(tx, with: blob, blocks: [], conditions: conditions) }
    }

    func newBlob(
        _ address: BlobAddress, kind: StoredBlob.Kind, extents: [Extent], headers: BlobHeaders, metadata values: [String: String]
    ) -> StoredBlob {
        let now = now()
        return StoredBlob(
            address: address, kind: kind, size: extents.reduce(0) { $0 + $1.size }, headers: headers, metadata: values,
            etag: Self.newEtag(),
            createdAt: now, modifiedAt: now, extents: extents, id: 0)
    }

    /// Sets the name to the new blob, keeping its day of creation. `blocks` are the ids of the extents, empty for none.
    static func replace(_ tx: MetadataTransaction, with blob: StoredBlob, blocks: [String], conditions: BlobConditions) throws -> StoredBlob {
        var blob = blob
        let container = try container(tx, blob.address.container)
        let existing = try Self.blob(tx, blob.address, in: container)
        try conditions.admitWrite(over: existing, at: blob.address)
        if let existing { blob.createdAt = existing.createdAt }
        let parts = blob.extents.enumerated().map { index, extent in
            BlobPart(hash: extent.hash, size: extent.size, block: blocks.indices.contains(index) ? blocks[index] : nil)
        }
        try tx.saveBlob(blob.record, parts: parts, container: container.id)
        try tx.deleteStagedBlocks(container: container.id, name: blob.address.name)
        return blob
    }

    private func change(
        _ address: BlobAddress, _ conditions: BlobConditions, _ body: @escaping @Sendable (inout StoredBlob) -> Void
    ) async throws -> StoredBlob {
        let (now, etag) = (now(), Self.newEtag())
        return try await metadata.write { tx in
            var blob = try Self.existing(tx, address)
            try conditions.admitWrite(over: blob, at: address)
            body(&blob)
            blob.etag = etag
            blob.modifiedAt = now
            try tx.updateBlob(blob.record)
            return blob
        }
    }

    static func check(_ md5: [UInt8]?, of written: WrittenExtent) throws(Problem) {
        guard let md5, md5 != written.md5 else { return }
        throw Problem(
            .invalidInput, "the bytes that arrived do not have the MD5 that came with them; send them again", target: "Content-MD5")
    }

    static func newEtag() -> String {
        var generator = SystemRandomNumberGenerator()
        let digits = String(UInt64.random(in: 0..<(1 << 52), using: &generator), radix: 16, uppercase: true)
        return "0x8" + String(repeating: "0", count: 13 - digits.count) + digits
    }

    /// Azure's limits for a blob's name; what may become a file is a narrower question (`DeliveryFolder`).
    static func checkName(_ address: BlobAddress) throws(Problem) {
        let name = address.name
        guard !name.isEmpty, name.utf16.count <= 1024, !name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw Problem(.invalidInput, "a blob's name has 1 to 1024 characters and no control characters", target: "name")
        }
    }

    /// What browsers and clients are told about a file, by its ending.
    package static func contentType(ofFile path: String) -> String {
        let types = [
            "txt": "text/plain", "log": "text/plain", "md": "text/plain", "yml": "text/plain", "yaml": "text/plain", "py": "text/plain",
            "csv": "text/csv", "json": "application/json", "jsonl": "application/jsonl", "png": "image/png", "jpg": "image/jpeg",
            "jpeg": "image/jpeg", "xml": "application/xml", "pdf": "application/pdf", "zip": "application/zip",
        ]
        guard let dot = path.lastIndex(of: ".") else { return "application/octet-stream" }
        return types[path[path.index(after: dot)...].lowercased()] ?? "application/octet-stream"
    }
}
