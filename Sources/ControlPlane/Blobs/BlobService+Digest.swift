internal import BlobStore
internal import Crypto
internal import NIOCore

extension BlobService {
    /// The MD5 of a range of a blob, for clients that check what they download.
    package func md5(of blob: StoredBlob, range: Range<Int64>) async throws -> [UInt8] {
        var hash = Insecure.MD5()
        for try await chunk in chunks(of: blob, range: range) { chunk.withUnsafeReadableBytes { hash.update(bufferPointer: $0) } }
        return Array(hash.finalize())
    }

    /// The MD5 of bytes at hand.
    package func md5(of bytes: some Collection<UInt8>) -> [UInt8] { Array(Insecure.MD5.hash(data: Array(bytes))) }
}
