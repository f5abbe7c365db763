import Glibc

/// The bytes of one label file, read once and never copied: small files into memory, large ones mapped, so that a file of
/// gigabytes costs the pages that are being looked at.
final class FileBytes {
    let path: String
    let base: UnsafePointer<UInt8>
    let count: Int
    private let mappedLength: Int?
    /// Line breaks before each block of `blockSize` bytes; made when the first line is asked for.
    private var lineBreaks: [Int] = []

    private static let largestCopy = 1 << 20
    private static let blockSize = 1 << 16
    /// After so many bytes of going through a file the pages behind are given back.
    private static let stretch = 1 << 24

    /// Throws when there is no regular file or it cannot be read.
    init(path: String) throws(DatasetError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw DatasetError(file: path, message: "cannot be read: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw DatasetError(file: path, message: "cannot be read: it is not a file")
        }
        self.path = path
        count = Int(status.st_size)
        if count > Self.largestCopy {
            guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
                throw DatasetError(file: path, message: "cannot be mapped into memory: \(String(cString: strerror(errno)))")
            }
            base = UnsafePointer(start.assumingMemoryBound(to: UInt8.self))
            mappedLength = count
        } else {
            let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: max(count, 1))
            var filled = 0
            while filled < count {
                let got = Glibc.read(descriptor, memory + filled, count - filled)
                if got <= 0 { break }
                filled += got
            }
            // A file that shrank meanwhile reads as zeros, which no format takes for a label.
            (memory + filled).update(repeating: 0, count: count - filled)
            base = UnsafePointer(memory)
            mappedLength = nil
        }
    }

    init(copying bytes: [UInt8], path: String) {
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: max(bytes.count, 1))
        memory.update(from: bytes, count: bytes.count)
        self.path = path
        base = UnsafePointer(memory)
        count = bytes.count
        mappedLength = nil
    }

    deinit {
        if let mappedLength {
            munmap(UnsafeMutableRawPointer(mutating: base), mappedLength)
        } else {
            base.deallocate()
        }
    }

    /// Gives the pages of a mapped file back; they come again from the file when they are looked at.
    func releasePages() {
        if let mappedLength { madvise(UnsafeMutableRawPointer(mutating: base), mappedLength, MADV_DONTNEED) }
    }

    /// The line of a place in the file, from 1.
    func line(at offset: Int) -> Int {
        let offset = min(max(offset, 0), count)
        if lineBreaks.isEmpty {
            var total = 0
            lineBreaks.append(0)
            for start in stride(from: 0, to: count, by: Self.blockSize) {
                total += breaks(from: start, to: min(start + Self.blockSize, count))
                if start % Self.stretch == 0 { releasePages() }
                lineBreaks.append(total)
            }
        }
        let block = offset / Self.blockSize
        return lineBreaks[block] + breaks(from: block * Self.blockSize, to: offset) + 1
    }

    func endOfLine(from offset: Int) -> Int {
        var end = offset
        while end < count, base[end] != UInt8(ascii: "\n") { end += 1 }
        return end
    }

    /// The column of a place in the file, from 1, in bytes.
    func column(at offset: Int) -> Int {
        let offset = min(max(offset, 0), count)
        var start = offset
        while start > 0, base[start - 1] != UInt8(ascii: "\n") { start -= 1 }
        return offset - start + 1
    }

    private func breaks(from start: Int, to end: Int) -> Int {
        var found = 0
        for index in start..<max(start, end) where base[index] == UInt8(ascii: "\n") { found += 1 }
        return found
    }

    /// Whether `text` is among the first `limit` bytes (Horspool's search: most bytes of a long file are not looked at).
    func contains(_ text: String, within limit: Int = .max) -> Bool {
        let wanted = Array(text.utf8), end = min(limit, count)
        guard let last = wanted.last else { return true }
        var jumps = [Int](repeating: wanted.count, count: 256)
        for (index, byte) in wanted.dropLast().enumerated() { jumps[Int(byte)] = wanted.count - 1 - index }
        var place = wanted.count - 1, passed = 0
        while place < end {
            if place - passed > Self.stretch {
                passed = place
                releasePages()
            }
            let byte = base[place]
            if byte == last, memcmp(base + (place - wanted.count + 1), wanted, wanted.count) == 0 { return true }
            place += jumps[Int(byte)]
        }
        return false
    }

    /// The first byte that is not white space or a byte order mark; nil in an empty file.
    var firstByte: UInt8? {
        (0..<min(count, 4096)).lazy.map { self.base[$0] }.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
    }

    func text(from start: Int = 0, to end: Int? = nil) -> String {
        let end = min(end ?? count, count)
        return start < end ? String(decoding: UnsafeBufferPointer(start: base + start, count: end - start), as: UTF8.self) : ""
    }
}
