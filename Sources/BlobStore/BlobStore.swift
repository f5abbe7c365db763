internal import Foundation
internal import Glibc
package import NIOCore
internal import NIOPosix
package import Resources
internal import Synchronization

/// Bytes on disk by content: stream in, ranges out, atomic commit, sweep. It knows no names.
///
/// An extent is `extents/ab/abcd…`, its SHA-256 as file name, never changed after it appears. It appears by a rename, after
/// its bytes are on the disk, so a crash at any instruction leaves either the whole extent or a file in `incoming/` that
/// the next start removes. Files are handed out as hard links, so each carries a time stamp derived from its hash: a
/// program that writes through a link changes the stamp, and the store refuses the bytes instead of serving them.
package struct BlobStore: Sendable {
    let folder: String
    private let gate = SweepGate()
    private let threads = NIOThreadPool.singleton

    /// Opens or makes the store in `folder` and removes what an interrupted write left. One process may hold it.
    package init(folder: String) throws(Problem) {
        self.folder = folder
        for name in ["", "/extents", "/incoming"] {
            guard mkdir(folder + name, 0o700) == 0 || errno == EEXIST else {
                throw Problem(system: errno, "make the folder", folder + name)
            }
        }
        for shard in 0..<256 {
            let path = "\(folder)/extents/\(ExtentHasher.hexadecimal([UInt8(shard)]))"
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Problem(system: errno, "make the folder", path) }
        }
        for name in try Self.names(in: folder + "/incoming") { unlink("\(folder)/incoming/\(name)") }
    }

    // MARK: In

    /// Takes in a stream of chunks in constant memory; bytes the store has already are not kept twice.
    package func write<Chunks: AsyncSequence>(_ chunks: Chunks) async throws -> WrittenExtent where Chunks.Element == ByteBuffer {
        let incoming = IncomingFile(path: temporaryPath())
        do {
            var gathered = ByteBuffer()
            for try await chunk in chunks {
                // Few large writes instead of many small ones: each costs a hop to the store's threads.
                gathered.writeImmutableBuffer(chunk)
                if gathered.readableBytes >= 1 << 20 {
                    let full = gathered
                    gathered = ByteBuffer()
                    try await blocking { try incoming.append(full) }
                }
            }
            let last = gathered
            return try await blocking {
                try incoming.append(last)
                return try commit(incoming)
            }
        } catch {
            try await blocking { incoming.discard() }
            throw error
        }
    }

    /// Takes in bytes that are at hand.
    package func write(_ bytes: [UInt8]) async throws -> WrittenExtent {
        try await blocking {
            let incoming = IncomingFile(path: temporaryPath())
            do {
                try incoming.append(ByteBuffer(bytes: bytes))
                return try commit(incoming)
            } catch {
                incoming.discard()
                throw error
            }
        }
    }

    /// Takes in a file of this machine. With `moving` the file itself becomes the extent when it is on the same file
    /// system, and is gone from `path` in any case; nobody may have it open for writing.
    package func adopt(fileAt path: String, moving: Bool = false) async throws -> WrittenExtent {
        try await blocking {
            let source = try SystemFile(path, O_RDONLY | O_NONBLOCK)
            let status = try source.status()
            guard status.st_mode & S_IFMT == S_IFREG else { throw Problem(.invalidInput, "\(path) is not a file", target: path) }
            // A file with a second name could still be changed through it.
            if moving, status.st_nlink == 1 {
                let written = try Self.digest(source)
                let temporary = temporaryPath()
                if rename(path, temporary) == 0 {
                    do {
                        try place(temporary, as: written.extent)
                    } catch {
                        rename(temporary, path)
                        throw error
                    }
                    return written
                }
            }
            let incoming = IncomingFile(path: temporaryPath())
            do {
                try incoming.append(contentsOf: source)
                let written = try commit(incoming)
                if moving { unlink(path) }
                return written
            } catch {
                incoming.discard()
                throw error
            }
        }
    }

    /// One extent holding several in order; none of them is loaded into memory as a whole.
    package func concatenate(_ extents: [Extent]) async throws -> WrittenExtent {
        try await blocking {
            let incoming = IncomingFile(path: temporaryPath())
            do {
                for extent in extents { try incoming.append(contentsOf: try open(extent)) }
                return try commit(incoming)
            } catch {
                incoming.discard()
                throw error
            }
        }
    }

    // MARK: Out

    /// The bytes of several extents one after another, cut to `range` (offsets into the whole), in chunks of up to 1 MiB.
    package func read(_ extents: [Extent], range: Range<Int64>? = nil) -> ExtentChunks {
        ExtentChunks(store: self, extents: extents, range: range ?? 0..<extents.reduce(0) { $0 + $1.size })
    }

    /// Where the bytes lie. The file must only be read.
    package func path(of hash: String) -> String { "\(folder)/extents/\(hash.prefix(2))/\(hash)" }

    /// Whether the whole extent is here, unchanged.
    package func holds(_ extent: Extent) async throws -> Bool {
        try await blocking { (try? open(extent)) != nil }
    }

    /// Removes extents that nothing refers to and that nobody has written or asked for in the last `grace` seconds.
    /// - Parameter referenced: those of the given hashes (at most 500) that are still needed.
    /// - Returns: how many extents and bytes were freed.
    @discardableResult
    package func sweep(
        grace: Double = 3600, referenced: ([String]) async throws -> Set<String>
    ) async throws -> (extents: Int, bytes: Int64) {
        let cutoff = Int(Date().timeIntervalSince1970 - grace)
        var freed = (extents: 0, bytes: Int64(0))
        for shard in 0..<256 {
            let shardFolder = "\(folder)/extents/\(ExtentHasher.hexadecimal([UInt8(shard)]))"
            let old = try await blocking {
                try Self.names(in: shardFolder).filter { (Self.status("\(shardFolder)/\($0)")?.st_ctim.tv_sec ?? .max) <= cutoff }
            }
            for start in stride(from: 0, to: old.count, by: 500) {
                let some = Array(old[start..<min(start + 500, old.count)])
                let needed = try await referenced(some)
                for hash in some where !needed.contains(hash) {
                    let bytes: Int64? = try await blocking {
                        gate.held {
                            let path = "\(shardFolder)/\(hash)"
                            // Looked at again inside the gate: a write of the same bytes may have renewed it meanwhile.
                            guard let status = Self.status(path), status.st_ctim.tv_sec <= cutoff, unlink(path) == 0 else { return nil }
                            return Int64(status.st_size)
                        }
                    }
                    if let bytes { freed = (freed.extents + 1, freed.bytes + bytes) }
                }
            }
        }
        return freed
    }

    // MARK: Pieces

    /// Runs blocking calls on the store's threads.
    func blocking<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await threads.runIfActive(body)
    }

    /// Opens an extent after checking that it is whole and that nobody wrote through a link.
    func open(_ extent: Extent) throws(Problem) -> SystemFile {
        let file: SystemFile
        do {
            file = try SystemFile(path(of: extent.hash), O_RDONLY)
        } catch {
            guard error.code == .notFound else { throw error }
            throw Problem(.internalFault, "the bytes of \(extent.hash) are missing from the store at \(folder); restore them from a backup")
        }
        guard Self.isUntouched(try file.status(), extent) else {
            throw Problem(
                .internalFault,
                "the bytes of \(extent.hash) were changed on the disk by another program; upload them again to repair the store")
        }
        return file
    }

    private func temporaryPath() -> String { "\(folder)/incoming/\(UUID().uuidString)" }

    private func commit(_ incoming: IncomingFile) throws(Problem) -> WrittenExtent {
        let written = try incoming.finish()
        try place(incoming.path, as: written.extent)
        return written
    }

    /// Makes the finished file at `temporary` the extent, or drops it when the store has these bytes.
    private func place(_ temporary: String, as extent: Extent) throws(Problem) {
        let path = path(of: extent.hash)
        var stamps = [Self.stamp(of: extent.hash), Self.stamp(of: extent.hash)]
        let isKnown = gate.held {
            guard let status = Self.status(path), Self.isUntouched(status, extent) else { return false }
            // Renews the change time: the sweep's grace starts again.
            return utimensat(AT_FDCWD, path, &stamps, 0) == 0
        }
        if isKnown {
            unlink(temporary)
            return
        }
        let file = try SystemFile(temporary, O_RDONLY)
        guard fchmod(file.descriptor, 0o444) == 0, futimens(file.descriptor, &stamps) == 0 else {
            throw Problem(system: errno, "finish", temporary)
        }
        try file.synchronise()
        guard rename(temporary, path) == 0 else { throw Problem(system: errno, "rename to", path) }
        try SystemFile("\(folder)/extents/\(extent.hash.prefix(2))", O_RDONLY | O_DIRECTORY).synchronise()
    }

    private static func digest(_ file: borrowing SystemFile) throws(Problem) -> WrittenExtent {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var hasher = ExtentHasher()
        var offset: Int64 = 0
        while true {
            let count = try file.read(into: buffer, at: offset)
            if count == 0 { return hasher.finish() }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += Int64(count)
        }
    }

    /// A moment in 2001 to 2010 that only this content has (but for one chance in 2²⁸).
    private static func stamp(of hash: String) -> timespec {
        timespec(tv_sec: 1_000_000_000 + (Int(hash.prefix(7), radix: 16) ?? 0), tv_nsec: 0)
    }

    private static func isUntouched(_ status: stat, _ extent: Extent) -> Bool {
        Int64(status.st_size) == extent.size && status.st_mtim.tv_sec == stamp(of: extent.hash).tv_sec
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    private static func names(in folder: String) throws(Problem) -> [String] {
        guard let stream = opendir(folder) else { throw Problem(system: errno, "list", folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

/// Keeps the sweep from removing an extent in the instant in which a write finds it again.
private final class SweepGate: Sendable {
    private let mutex = Mutex(())
    func held<T>(_ body: () -> T) -> T { mutex.withLock { _ in body() } }
}
