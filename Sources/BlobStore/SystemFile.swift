internal import Glibc
internal import Resources

/// An open file of the operating system. Every call blocks; callers are on the store's threads.
///
/// Noncopyable, so that the descriptor is closed exactly once, on every path.
struct SystemFile: ~Copyable {
    let descriptor: CInt
    let path: String

    /// `mode` is given to a file that `flags` creates.
    init(_ path: String, _ flags: CInt, mode: mode_t = 0o600) throws(Problem) {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw Problem(system: errno, "open", path) }
        self.descriptor = descriptor
        self.path = path
    }

    /// The same beneath an open folder; a symbolic link in the last place is refused when `flags` has `O_NOFOLLOW`.
    init(_ name: String, beneath folder: borrowing SystemFile, _ flags: CInt, mode: mode_t = 0o644) throws(Problem) {
        let path = folder.path + "/" + name
        let descriptor = openat(folder.descriptor, name, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw Problem(system: errno, "open", path) }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    func status() throws(Problem) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Problem(system: errno, "look at", path) }
        return status
    }

    /// Fills as much of `buffer` as the file has from `offset` on; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(Problem) -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            guard errno == EINTR else { throw Problem(system: errno, "read", path) }
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = Glibc.write(descriptor, part.baseAddress, part.count)
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw Problem(system: errno, "write", path)
            }
        }
    }

    /// Appends all of `source`, a mebibyte at a time.
    func append(contentsOf source: borrowing SystemFile) throws(Problem) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var offset: Int64 = 0
        while true {
            let count = try source.read(into: buffer, at: offset)
            if count == 0 { return }
            try write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += Int64(count)
        }
    }

    /// Waits until the file (or the names in a folder) are on the disk.
    func synchronise() throws(Problem) {
        guard fsync(descriptor) == 0 else { throw Problem(system: errno, "write to the disk", path) }
    }
}

extension Problem {
    /// A failure of the operating system, with the code that its cause deserves.
    init(system number: CInt, _ verb: String, _ path: String) {
        let code: Code =
            switch number {
            case ENOSPC, EDQUOT: .outOfSpace
            case ENOENT: .notFound
            case EEXIST, EISDIR, ELOOP, ENOTDIR: .conflict
            case EACCES, EPERM, EROFS: .forbidden
            case EMFILE, ENFILE: .unavailable
            case ENAMETOOLONG: .invalidInput
            default: .internalFault
            }
        self.init(code, "cannot \(verb) \(path): \(String(cString: strerror(number)))", target: path)
    }
}
