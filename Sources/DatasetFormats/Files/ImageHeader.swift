import Glibc

/// The size of a JPEG or PNG file from its first bytes, without decoding it.
package enum ImageHeader {
    /// Pixels as stored, before any Exif rotation. Reads the header only.
    ///
    /// Throws when the file cannot be read, is neither JPEG nor PNG, ends before its header does, or claims a side of 0 or of
    /// more than 65,535 pixels (JPEG's own limit).
    package static func size(ofFileAt path: String) throws(DatasetError) -> (width: Int, height: Int) {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw DatasetError(file: path, message: "the image file is missing or cannot be opened") }
        defer { close(file) }
        var bytes = HeaderBytes(file: file)
        let size: (width: Int, height: Int)?
        switch bytes.read(2) {
        case [0xFF, 0xD8]: size = jpegSize(&bytes)
        case [0x89, 0x50]: size = pngSize(&bytes)
        default: throw DatasetError(file: path, message: "is neither a JPEG nor a PNG image; convert it to one of these")
        }
        guard let size else {
            throw DatasetError(file: path, message: "the image's header is broken or cut short; replace the file")
        }
        guard (1...65_535).contains(size.width), (1...65_535).contains(size.height) else {
            throw DatasetError(file: path, message: "claims to be \(size.width) × \(size.height) pixels; sides of 1 to 65,535 are read")
        }
        return size
    }

    /// The IHDR chunk comes first by definition (PNG specification, section 5.6).
    private static func pngSize(_ bytes: inout HeaderBytes) -> (width: Int, height: Int)? {
        guard let rest = bytes.read(22), rest[..<6].elementsEqual([0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
            rest[10..<14].elementsEqual(Array("IHDR".utf8))
        else { return nil }
        func number(_ at: Int) -> Int { rest[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
        return (number(14), number(18))
    }

    /// Walks the segments to the frame header (SOF0 to SOF15 without DHT, JPG and DAC; ITU T.81, table B.1).
    private static func jpegSize(_ bytes: inout HeaderBytes) -> (width: Int, height: Int)? {
        // A real file has a few dozen segments before its frame; the bound keeps a crafted one from holding us.
        for _ in 0..<4096 {
            guard bytes.read(1) == [0xFF] else { return nil }
            var marker: UInt8 = 0xFF
            while marker == 0xFF {
                guard let next = bytes.read(1) else { return nil }
                marker = next[0]
            }
            switch marker {
            case 0x01, 0xD0...0xD7: continue
            case 0xD8, 0xD9, 0xDA, 0x00: return nil
            default: break
            }
            guard let length = bytes.read(2).map({ Int($0[0]) << 8 | Int($0[1]) }), length >= 2 else { return nil }
            if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
                guard length >= 7, let frame = bytes.read(5) else { return nil }
                return (Int(frame[3]) << 8 | Int(frame[4]), Int(frame[1]) << 8 | Int(frame[2]))
            }
            bytes.skip(length - 2)
        }
        return nil
    }
}

/// A file read front to back in small pieces; long stretches are jumped over.
private struct HeaderBytes {
    private let file: Int32
    private var buffer: [UInt8] = []
    private var position = 0

    init(file: Int32) {
        self.file = file
    }

    mutating func read(_ count: Int) -> [UInt8]? {
        if position + count > buffer.count {
            buffer.removeFirst(position)
            position = 0
            while buffer.count < count {
                let more = [UInt8](unsafeUninitializedCapacity: 512) { $1 = max(0, Glibc.read(file, $0.baseAddress, 512)) }
                if more.isEmpty { return nil }
                buffer += more
            }
        }
        defer { position += count }
        return Array(buffer[position..<position + count])
    }

    mutating func skip(_ count: Int) {
        let buffered = min(count, buffer.count - position)
        position += buffered
        if count > buffered { lseek(file, count - buffered, SEEK_CUR) }
    }
}
