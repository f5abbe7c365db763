internal import BlobStore
internal import Foundation
internal import MetadataStore
internal import Resources

/// Between the rows of the index and the values the rest of the house sees.
extension BlobService {
    static func container(_ tx: MetadataTransaction, _ container: BlobContainer) throws -> StoredContainer {
        guard let record = try tx.container(account: container.account, name: container.name) else {
            throw Problem(
                .notFound, "there is no container '\(container.name)' in the storage account '\(container.account)'", target: "container")
        }
        return stored(record)
    }

    /// With its extents; `nil` when the name stands for nothing.
    static func blob(_ tx: MetadataTransaction, _ address: BlobAddress, in container: StoredContainer) throws -> StoredBlob? {
        guard let record = try tx.blob(container: container.id, name: address.name) else { return nil }
        return stored(record, in: address.container, parts: try tx.parts(of: record.id))
    }

    static func existing(_ tx: MetadataTransaction, _ address: BlobAddress) throws -> StoredBlob {
        guard let blob = try blob(tx, address, in: container(tx, address.container)) else {
            throw Problem(.notFound, "there is no blob '\(address.name)' in the container '\(address.container.name)'", target: "blob")
        }
        return blob
    }

    static func stored(_ record: ContainerRecord) -> StoredContainer {
        StoredContainer(
            container: BlobContainer(account: record.account, name: record.name), metadata: decode(record.metadata) ?? [:],
            etag: record.etag,
            createdAt: record.createdAt, modifiedAt: record.modifiedAt, id: record.id)
    }

    static func stored(_ record: BlobRecord, in container: BlobContainer, parts: [BlobPart] = []) -> StoredBlob {
        StoredBlob(
            address: container.at(record.name), kind: record.isAppendable ? .append : .block, size: record.size,
            headers: decode(record.headers) ?? BlobHeaders(), metadata: decode(record.metadata) ?? [:], etag: record.etag,
            createdAt: record.createdAt, modifiedAt: record.modifiedAt, extents: parts.map { Extent(hash: $0.hash, size: $0.size) },
            id: record.id)
    }

    static func encode(_ value: some Encodable) -> String {
        (try? JSONEncoder().encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    private static func decode<T: Decodable>(_ text: String) -> T? { try? JSONDecoder().decode(T.self, from: Data(text.utf8)) }
}

extension StoredBlob {
    var record: BlobRecord {
        BlobRecord(
            id: id, name: address.name, isAppendable: kind == .append, size: size, headers: BlobService.encode(headers),
            metadata: BlobService.encode(metadata), etag: etag, createdAt: createdAt, modifiedAt: modifiedAt)
    }
}
