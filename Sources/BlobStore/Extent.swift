/// A run of bytes in the store, named by what it holds.
package struct Extent: Sendable, Hashable {
    /// SHA-256 of the bytes, 64 lower-case hexadecimal digits.
    package var hash: String
    /// Bytes.
    package var size: Int64

    package init(hash: String, size: Int64) {
        self.hash = hash
        self.size = size
    }
}

/// What a write into the store made: the extent, and the MD5 that Azure's clients compare (16 bytes).
package struct WrittenExtent: Sendable, Hashable {
    package var extent: Extent
    package var md5: [UInt8]

    package init(extent: Extent, md5: [UInt8]) {
        self.extent = extent
        self.md5 = md5
    }
}
