/// Bytes of an untrusted file: every read outside it is nil, never a trap.
struct ByteView {
    let bytes: [UInt8]

    var count: Int { bytes.count }

    subscript(index: Int) -> UInt8? {
        index >= 0 && index < bytes.count ? bytes[index] : nil
    }

    func uint16(at index: Int, littleEndian: Bool = false) -> Int? {
        guard let first = self[index], let second = self[index + 1] else { return nil }
        return littleEndian ? Int(second) << 8 | Int(first) : Int(first) << 8 | Int(second)
    }

    func uint32(at index: Int, littleEndian: Bool = false) -> Int? {
        guard let first = uint16(at: index, littleEndian: littleEndian),
            let second = uint16(at: index + 2, littleEndian: littleEndian)
        else { return nil }
        return littleEndian ? second << 16 | first : first << 16 | second
    }

    func starts(with prefix: [UInt8], at index: Int = 0) -> Bool {
        index >= 0 && bytes.count - index >= prefix.count && bytes.dropFirst(index).starts(with: prefix)
    }

    /// The bytes as Latin-1, as far as the file goes.
    func text(at index: Int, count: Int) -> String {
        String(String.UnicodeScalarView(bytes.dropFirst(max(0, index)).prefix(max(0, count)).map { Unicode.Scalar($0) }))
    }
}
