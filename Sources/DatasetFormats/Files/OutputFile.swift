import Glibc

/// A file written piece by piece into a neighbour `NAME.partial`, which takes the name when it is complete; nothing is left of a
/// file that is never finished.
final class OutputFile {
    private let path: String
    private let descriptor: Int32
    private var pending = OutputText()
    private var isFinished = false

    init(path: String) throws(DatasetError) {
        self.path = path
        try DatasetFolder.makeFolder(DatasetFolder.parent(of: path))
        descriptor = open(path + ".partial", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard descriptor >= 0 else { throw Self.failure(path) }
    }

    deinit {
        if !isFinished {
            close(descriptor)
            unlink(path + ".partial")
        }
    }

    func append(_ text: OutputText) throws(DatasetError) {
        pending.bytes += text.bytes
        if pending.bytes.count >= 1 << 18 { try flush() }
    }

    /// Takes over the bytes of a file written before, which is deleted.
    func append(contentsOf path: String) throws(DatasetError) {
        try flush()
        let input = open(path, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw Self.failure(path) }
        defer {
            close(input)
            unlink(path)
        }
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let got = buffer.withUnsafeMutableBytes { Glibc.read(input, $0.baseAddress, $0.count) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw Self.failure(path) }
            if got == 0 { return }
            try Self.write(Array(buffer[..<got]), to: descriptor, self.path)
        }
    }

    private func flush() throws(DatasetError) {
        try Self.write(pending.bytes, to: descriptor, path)
        pending.bytes.removeAll(keepingCapacity: true)
    }

    func finish() throws(DatasetError) {
        try flush()
        isFinished = true
        guard close(descriptor) == 0, rename(path + ".partial", path) == 0 else {
            let failure = Self.failure(path)
            unlink(path + ".partial")
            throw failure
        }
    }

    fileprivate static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(DatasetError) {
        var done = 0
        while done < bytes.count {
            let wrote = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done) }
            if wrote < 0, errno == EINTR { continue }
            guard wrote > 0 else { throw failure(path) }
            done += wrote
        }
    }

    fileprivate static func failure(_ path: String) -> DatasetError {
        DatasetError(file: path, message: "cannot be written: \(String(cString: strerror(errno)))")
    }
}

/// A folder into which many small files go, one for each image.
final class OutputFolder {
    let path: String
    private var made: Set<String> = []

    init(_ path: String) {
        self.path = path
    }

    /// Writes a small file whole, making its folder first. A file of that name is replaced, not written into: it may have other
    /// names elsewhere.
    func write(_ text: OutputText, to name: String) throws(DatasetError) {
        let target = try place(for: name)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
        var descriptor = open(target, flags, 0o666)
        if descriptor < 0, errno == EEXIST, unlink(target) == 0 { descriptor = open(target, flags, 0o666) }
        guard descriptor >= 0 else { throw OutputFile.failure(target) }
        defer { close(descriptor) }
        try OutputFile.write(text.bytes, to: descriptor, target)
    }

    /// Brings an image file here: as a hard link where the file system allows, else as a copy. Does nothing where it is there already.
    /// - Returns: false when there is no file at `source`.
    func link(_ source: String, as name: String) throws(DatasetError) -> Bool {
        var from = stat()
        guard stat(source, &from) == 0, from.st_mode & S_IFMT == S_IFREG else { return false }
        let target = try place(for: name)
        var to = stat()
        if stat(target, &to) == 0, from.st_ino == to.st_ino, from.st_dev == to.st_dev { return true }
        unlink(target)
        if linkat(AT_FDCWD, source, AT_FDCWD, target, AT_SYMLINK_FOLLOW) == 0 { return true }
        try copy(source, to: target)
        return true
    }

    private func copy(_ source: String, to target: String) throws(DatasetError) {
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw DatasetError(file: source, message: "cannot be read: \(String(cString: strerror(errno)))") }
        defer { close(input) }
        let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard output >= 0 else { throw OutputFile.failure(target) }
        defer { close(output) }
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let got = buffer.withUnsafeMutableBytes { Glibc.read(input, $0.baseAddress, $0.count) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw DatasetError(file: source, message: "cannot be read: \(String(cString: strerror(errno)))") }
            if got == 0 { return }
            try OutputFile.write(Array(buffer[..<got]), to: output, target)
        }
    }

    private func place(for name: String) throws(DatasetError) -> String {
        let target = DatasetFolder.join(path, name)
        let folder = DatasetFolder.parent(of: target)
        if !made.contains(folder) {
            try DatasetFolder.makeFolder(folder)
            made.insert(folder)
        }
        return target
    }
}
