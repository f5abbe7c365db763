package import Foundation

/// A row of `container`.
package struct ContainerRecord: Sendable {
    package var id: Int64
    package var account: String
    package var name: String
    /// A JSON object of texts.
    package var metadata: String
    package var etag: String
    package var createdAt: Date
    package var modifiedAt: Date
}

/// A row of `blob`; `headers` and `metadata` are JSON texts that the control plane reads.
package struct BlobRecord: Sendable {
    /// 0 for a blob that has no row yet.
    package var id: Int64
    package var name: String
    package var isAppendable: Bool
    /// Bytes.
    package var size: Int64
    package var headers: String
    package var metadata: String
    package var etag: String
    package var createdAt: Date
    package var modifiedAt: Date

    package init(
        id: Int64 = 0, name: String, isAppendable: Bool, size: Int64, headers: String, metadata: String, etag: String, createdAt: Date,
        modifiedAt: Date
    ) {
        self.id = id
        self.name = name
        self.isAppendable = isAppendable
        self.size = size
        self.headers = headers
        self.metadata = metadata
        self.etag = etag
        self.createdAt = createdAt
        self.modifiedAt = modifiedAt
    }
}

/// One extent of a blob, or of a block that is staged for it.
package struct BlobPart: Sendable, Hashable {
    /// SHA-256, hexadecimal.
    package var hash: String
    /// Bytes.
    package var size: Int64
    /// The id under which a client sent it; `nil` for what came as a whole.
    package var block: String?

    package init(hash: String, size: Int64, block: String? = nil) {
        self.hash = hash
        self.size = size
        self.block = block
    }
}
