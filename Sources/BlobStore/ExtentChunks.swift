internal import Foundation
package import NIOCore
internal import Resources

/// The bytes of one or more extents as chunks of up to 1 MiB, read from the disk as they are asked for.
package struct ExtentChunks: AsyncSequence, Sendable {
    package typealias Element = ByteBuffer
    let store: BlobStore
    let extents: [Extent]
    /// Offsets into all extents laid end to end, clamped to what there is.
    let range: Range<Int64>

    /// Bytes that will come.
    package var size: Int64 { range.upperBound - range.lowerBound }

    init(store: BlobStore, extents: [Extent], range: Range<Int64>) {
        self.store = store
        self.extents = extents
        self.range = range.clamped(to: 0..<extents.reduce(0) { $0 + $1.size })
    }

    package func makeAsyncIterator() -> Iterator { Iterator(chunks: self, position: range.lowerBound) }

    /// All bytes at once, or a problem when there are more than `limit`.
    package func collect(limit: Int) async throws -> ByteBuffer {
        guard size <= Int64(limit) else { throw Problem(.tooLarge, "\(size) bytes are more than the \(limit) that are read at once here") }
        var whole = ByteBuffer()
        for try await chunk in self { whole.writeImmutableBuffer(chunk) }
        return whole
    }

    package struct Iterator: AsyncIteratorProtocol {
        let chunks: ExtentChunks
        /// The next byte, counted over all extents.
        var position: Int64
        private var index = 0
        /// Where the extent at `index` begins.
        private var start: Int64 = 0
        private var file: OpenExtent?

        init(chunks: ExtentChunks, position: Int64) {
            self.chunks = chunks
            self.position = position
        }

        package mutating func next() async throws -> ByteBuffer? {
            guard position < chunks.range.upperBound else { return nil }
            while index < chunks.extents.count, start + chunks.extents[index].size <= position {
                start += chunks.extents[index].size
                index += 1
                file = nil
            }
            guard index < chunks.extents.count else { return nil }
            let extent = chunks.extents[index]
            let store = chunks.store
            let offset = position - start
            let count = Int(Swift.min(1 << 20, start + extent.size - position, chunks.range.upperBound - position))
            let opened = file
            let (current, chunk) = try await store.blocking {
                let current = try opened ?? OpenExtent(store.open(extent))
                return (current, try current.read(count, at: offset))
            }
            file = current
            position += Int64(chunk.readableBytes)
            return chunk
        }
    }
}

/// Keeps the file of an extent open between chunks.
final class OpenExtent: Sendable {
    private let file: SystemFile

    init(_ file: consuming SystemFile) { self.file = file }

    func read(_ count: Int, at offset: Int64) throws -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        let got = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { memory in
            try file.read(into: UnsafeMutableRawBufferPointer(rebasing: memory[..<count]), at: offset)
        }
        guard got > 0 else { throw Problem(.internalFault, "the bytes at \(file.path) end too early; restore them from a backup") }
        return buffer
    }
}
