package import BlobStore
package import Foundation

/// A blob as it is now: what its name stands for.
package struct StoredBlob: Sendable, Hashable {
    /// How a blob grows.
    package enum Kind: String, Sendable { case block, append }

    package var address: BlobAddress
    package var kind: Kind
    /// Bytes.
    package var size: Int64
    package var headers: BlobHeaders
    package var metadata: [String: String]
    /// Changes with every write; without quotes.
    package var etag: String
    package var createdAt: Date
    package var modifiedAt: Date
    /// The bytes, in order. Empty in lists.
    package var extents: [Extent]
    let id: Int64
}

/// What a client says about the bytes and gets back with them.
package struct BlobHeaders: Sendable, Hashable, Codable {
    package var contentType: String
    package var contentEncoding: String?
    package var contentLanguage: String?
    package var contentDisposition: String?
    package var cacheControl: String?
    /// Base64 of 16 bytes.
    package var contentMD5: String?

    package init(
        contentType: String = "application/octet-stream", contentEncoding: String? = nil, contentLanguage: String? = nil,
        contentDisposition: String? = nil, cacheControl: String? = nil, contentMD5: String? = nil
    ) {
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.contentLanguage = contentLanguage
        self.contentDisposition = contentDisposition
        self.cacheControl = cacheControl
        self.contentMD5 = contentMD5
    }
}

/// A container as it is now.
package struct StoredContainer: Sendable, Hashable {
    package var container: BlobContainer
    package var metadata: [String: String]
    package var etag: String
    package var createdAt: Date
    package var modifiedAt: Date
    let id: Int64
}

/// One page of the names in a container.
package struct BlobListing: Sendable {
    package enum Entry: Sendable {
        case blob(StoredBlob)
        /// All names with this beginning, which ends in the delimiter.
        case prefix(String)
    }

    package var entries: [Entry]
    /// Continues the list; `nil` on the last page.
    package var nextMarker: String?
}

/// One block of a block list as a client names it.
package struct BlobBlock: Sendable, Hashable {
    package enum Source: Sendable, Hashable { case committed, uncommitted, latest }

    package var id: String
    package var source: Source

    package init(id: String, source: Source) {
        self.id = id
        self.source = source
    }
}
