internal import BlobStore
internal import Foundation
internal import MetadataStore
package import NIOCore
internal import Resources

/// Blobs that come in pieces: block lists and appends. A piece is an extent; a blob of several is only a list of them, so a
/// commit costs nothing however large the pieces are.
extension BlobService {
    /// The blocks of a blob, in order: those it has, and those sent since.
    package struct Blocks: Sendable {
        package struct Block: Sendable, Hashable {
            package var id: String
            package var size: Int64
        }
        package var committed: [Block]
        package var uncommitted: [Block]
        /// `nil` while there are only uncommitted blocks.
        package var blob: StoredBlob?
    }

    /// Keeps a block for a later `commit`, in any order and over an earlier one with the same id.
    /// - Returns: the MD5 of its bytes.
    package func stage<Chunks: AsyncSequence>(
        _ block: String, of address: BlobAddress, from chunks: Chunks, md5: [UInt8]? = nil
    ) async throws -> [UInt8] where Chunks.Element == ByteBuffer {
        try Self.checkName(address)
        guard let id = Data(base64Encoded: block), !id.isEmpty, id.count <= 64 else {
            throw Problem(.invalidInput, "the block id '\(block)' is not the base64 of 1 to 64 bytes", target: "?blockid")
        }
        _ = try await container(address.container)
        let written = try await store.write(chunks)
        try Self.check(md5, of: written)
        guard written.extent.size > 0 else { throw Problem(.invalidInput, "a block has at least one byte", target: "Content-Length") }
        let now = now()
        try await metadata.write { tx in
            let container = try Self.container(tx, address.container)
            let part = BlobPart(hash: written.extent.hash, size: written.extent.size, block: block)
            try tx.stageBlock(part, container: container.id, name: address.name, at: now)
        }
        return written.md5
    }

    /// Makes the blob from blocks, in the given order, and forgets those that were not named.
    package func commit(
        _ blocks: [BlobBlock], of address: BlobAddress, headers: BlobHeaders = BlobHeaders(), metadata values: [String: String] = [:],
        conditions: BlobConditions = BlobConditions()
    ) async throws -> StoredBlob {
        try Self.checkName(address)
        guard blocks.count <= 50_000 else { throw Problem(.invalidInput, "a block list has at most 50,000 blocks", target: "blocklist") }
        let draft = newBlob(address, kind: .block, extents: [], headers: headers, metadata: values)
        return try await metadata.write { tx in
            let container = try Self.container(tx, address.container)
            let existing = try tx.blob(container: container.id, name: address.name)
            let committed = try Self.byID(existing.map { try tx.parts(of: $0.id) } ?? [])
            let staged = try Self.byID(tx.stagedBlocks(container: container.id, name: address.name))
            var blob = draft
            blob.extents = try blocks.map { block in
                let part =
                    switch block.source {
                    case .committed: committed[block.id]
                    case .uncommitted: staged[block.id]
                    case .latest: staged[block.id] ?? committed[block.id]
                    }
                guard let part else {
                    throw Problem(.invalidInput, "there is no block '\(block.id)' of '\(address.name)'; send it first", target: "blocklist")
                }
                return Extent(hash: part.hash, size: part.size)
            }
            blob.size = blob.extents.reduce(0) { $0 + $1.size }
            return try Self.replace(tx, with: blob, blocks: blocks.map(\.id), conditions: conditions)
        }
    }

    /// Both lists of blocks; `.notFound` (target `blob`) when there is neither a blob nor a block.
    package func blocks(of address: BlobAddress) async throws -> Blocks {
        try await metadata.read { tx in
            let container = try Self.container(tx, address.container)
            let blob = try Self.blob(tx, address, in: container)
            let staged = try tx.stagedBlocks(container: container.id, name: address.name)
            if blob == nil, staged.isEmpty { _ = try Self.existing(tx, address) }
            func named(_ parts: [BlobPart]) -> [Blocks.Block] {
                parts.compactMap { part in part.block.map { Blocks.Block(id: $0, size: part.size) } }
            }
            return Blocks(committed: named(try blob.map { try tx.parts(of: $0.id) } ?? []), uncommitted: named(staged), blob: blob)
        }
    }

    /// Adds bytes to the end of an append blob.
    /// - Parameters:
    ///   - position: where the sender believes the end to be.
    ///   - maximumSize: the greatest size the sender wants the blob to reach.
    /// - Returns: the blob, the offset of what was added, and its MD5.
    package func append<Chunks: AsyncSequence>(
        to address: BlobAddress, from chunks: Chunks, position: Int64? = nil, maximumSize: Int64? = nil, md5: [UInt8]? = nil,
        conditions: BlobConditions = BlobConditions()
    ) async throws -> (blob: StoredBlob, offset: Int64, md5: [UInt8]) where Chunks.Element == ByteBuffer {
        _ = try await get(address)
        let written = try await store.write(chunks)
        try Self.check(md5, of: written)
        guard written.extent.size > 0 else { throw Problem(.invalidInput, "there is nothing to append", target: "Content-Length") }
        let (now, etag) = (now(), Self.newEtag())
        return try await metadata.write { tx in
            var blob = try Self.existing(tx, address)
            try conditions.admitWrite(over: blob, at: address)
            guard blob.kind == .append else { throw Problem(.conflict, "'\(address.name)' is no append blob", target: "kind") }
            let offset = blob.size
            if let position, position != offset {
                throw Problem(.preconditionFailed, "'\(address.name)' ends at \(offset), not at \(position)", target: "append")
            }
            if let maximumSize, offset + written.extent.size > maximumSize {
                throw Problem(
                    .preconditionFailed, "'\(address.name)' would grow over the \(maximumSize) bytes asked for", target: "maxsize")
            }
            let count = try tx.partCount(of: blob.id)
            guard count < 50_000 else { throw Problem(.conflict, "an append blob takes at most 50,000 appends", target: "blockcount") }
            try tx.insertPart(BlobPart(hash: written.extent.hash, size: written.extent.size), of: blob.id, at: count)
            blob.size += written.extent.size
            blob.extents.append(written.extent)
            blob.etag = etag
            blob.modifiedAt = now
            try tx.updateBlob(blob.record)
            return (blob, offset, written.md5)
        }
    }

    private static func byID(_ parts: [BlobPart]) -> [String: BlobPart] {
        Dictionary(parts.compactMap { part in part.block.map { ($0, part) } }, uniquingKeysWith: { first, _ in first })
    }
}
