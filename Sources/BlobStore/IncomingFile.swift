internal import Foundation
internal import Glibc
internal import NIOCore
internal import Resources
internal import Synchronization

/// A file that is being filled in `incoming/`, with its digests. Used by one writer at a time; the lock only proves it.
final class IncomingFile: Sendable {
    let path: String
    private let state = Mutex(State())

    private struct State: ~Copyable {
        var file: SystemFile?
        var hasher = ExtentHasher()
    }

    init(path: String) { self.path = path }

    func append(_ chunk: ByteBuffer) throws {
        try state.withLock { state in
            try open(&state)
            try chunk.withUnsafeReadableBytes { bytes in try Self.append(bytes, &state) }
        }
    }

    /// All of `source`: read once, hashed and written.
    func append(contentsOf source: borrowing SystemFile) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var offset: Int64 = 0
        while true {
            let count = try source.read(into: buffer, at: offset)
            try state.withLock { state in
                try open(&state)
                try Self.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]), &state)
            }
            if count == 0 { return }
            offset += Int64(count)
        }
    }

    /// Closes the file. What it holds is the extent it returns.
    func finish() throws(Problem) -> WrittenExtent {
        let hasher: ExtentHasher = try state.withLock { state throws(Problem) in
            try open(&state)
            state.file = nil
            return state.hasher
        }
        return hasher.finish()
    }

    func discard() {
        state.withLock { $0.file = nil }
        unlink(path)
    }

    private func open(_ state: inout State) throws(Problem) {
        if state.file == nil { state.file = try SystemFile(path, O_WRONLY | O_CREAT | O_EXCL) }
    }

    private static func append(_ bytes: UnsafeRawBufferPointer, _ state: inout State) throws(Problem) {
        state.hasher.update(bytes)
        try state.file?.write(bytes)
    }
}
