package import BlobStore
internal import Foundation
internal import MetadataStore
internal import Resources

/// Whole folders in and out: uploads of a job's outputs, inputs of jobs, models of deployments.
extension BlobService {
    /// What `putFolder` and `materialise` did.
    package struct FolderResult: Sendable, Hashable {
        package var files: Int
        package var bytes: Int64
        /// Relative names of what was left out: links that lead out of the folder, devices, names that are not UTF-8.
        package var skipped: [String]
    }

    /// Stores every file beneath the folder at `path` under `address`, four at a time; the names appear together at the
    /// end. Replaces blobs of the same names and leaves others.
    /// - Parameter moving: the files are gone from the folder afterwards (nothing is copied on the store's file system).
    @discardableResult
    package func putFolder(_ path: String, to address: BlobAddress, moving: Bool = false) async throws -> FolderResult {
        _ = try await container(address.container)
        let found = try FolderContents(of: path)
        let stored = try await Self.fourAtATime(found.files) { name in
            let target = address.appending(name)
            try Self.checkName(target)
            let written = try await store.adopt(fileAt: "\(path)/\(name)", moving: moving)
            let headers = BlobHeaders(contentType: Self.contentType(ofFile: name), contentMD5: Data(written.md5).base64EncodedString())
            return newBlob(target, kind: .block, extents: written.extent.size == 0 ? [] : [written.extent], headers: headers, metadata: [:])
        }
        // Many names in a transaction, but not so many that other writers wait long.
        for start in stride(from: 0, to: stored.count, by: 1000) {
            let some = stored[start..<min(start + 1000, stored.count)]
            try await metadata.write { tx in
                for blob in some { _ = try Self.replace(tx, with: blob, blocks: [], conditions: BlobConditions()) }
            }
        }
        return FolderResult(files: stored.count, bytes: stored.reduce(0) { $0 + $1.size }, skipped: found.skipped)
    }

    /// Makes what `address` names appear at `path`: one blob of exactly that name as a file, else everything beneath it as
    /// a folder (which may hold other files; none is overwritten).
    /// - Returns: what was made; `isFolder` tells which of the two it was.
    /// - Throws: `.notFound` when there is neither; `.invalidInput` for a name that would leave the folder; `.conflict`
    ///   where a file or a symbolic link is in the way.
    @discardableResult
    package func materialise(
        _ address: BlobAddress, to path: String, as delivery: Delivery = .shared
    ) async throws -> (result: FolderResult, isFolder: Bool) {
        if !address.name.isEmpty, !address.name.hasSuffix("/"), let blob = try await find(address), !blob.isFolderMarker {
            let parent = (path as NSString).deletingLastPathComponent
            let folder = try await DeliveryFolder(parent.isEmpty ? "." : parent, of: store)
            try await folder.place(settled(blob, for: delivery), at: (path as NSString).lastPathComponent, as: delivery)
            return (FolderResult(files: 1, bytes: blob.size, skipped: []), false)
        }
        let prefix = address.name.isEmpty ? "" : address.appending("").name
        let blobs = try await everything(beneath: address)
        guard !blobs.isEmpty || prefix.isEmpty else {
            throw Problem(.notFound, "there is nothing at '\(address.name)' in the container '\(address.container.name)'", target: "blob")
        }
        let folder = try await DeliveryFolder(path, of: store)
        let made = try await Self.fourAtATime(blobs) { blob in
            let name = String(decoding: blob.address.name.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
            if blob.isFolderMarker || name.hasSuffix("/") {
                try await folder.makeFolder(name)
                return Int64(-1)
            }
            try await folder.place(settled(blob, for: delivery), at: name, as: delivery)
            return blob.size
        }
        let sizes = made.filter { $0 >= 0 }
        return (FolderResult(files: sizes.count, bytes: sizes.reduce(0, +), skipped: []), true)
    }

    /// One extent for a blob of several, kept for the next time, where it is to be shared as a file.
    private func settled(_ blob: StoredBlob, for delivery: Delivery) async throws -> [Extent] {
        guard delivery == .shared, blob.extents.count > 1, blob.kind == .block else { return blob.extents }
        let whole = try await store.concatenate(blob.extents).extent
        try await metadata.write { tx in
            // The id of the first block stands for all: a client that reads the block list sees one committed block.
            let first = try tx.parts(of: blob.id).first?.block
            try tx.settleParts(of: blob.id, etag: blob.etag, as: BlobPart(hash: whole.hash, size: whole.size, block: first))
        }
        return [whole]
    }

    /// Runs `body` on all items, four at once, and returns the results in the order of the items.
    private static func fourAtATime<Item: Sendable, Result: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results = [Result?](repeating: nil, count: items.count)
            for (index, item) in items.enumerated() {
                if index >= 4, let (done, result) = try await group.next() { results[done] = result }
                group.addTask { (index, try await body(item)) }
            }
            for try await (done, result) in group { results[done] = result }
            return results.compactMap { $0 }
        }
    }
}

extension StoredBlob {
    /// An empty blob by which data-lake clients say that its name is a folder.
    var isFolderMarker: Bool { size == 0 && metadata["hdi_isfolder"]?.lowercased() == "true" }
}
