import Foundation

/// The files inside a zip archive whose members are stored as they are, as torch writes them: names and places, found by
/// the central directory, with zip64 (APPNOTE.TXT 6.3). Nothing is copied, and no number of the file is trusted.
struct ZipDirectory {
    /// Where each member's bytes lie in the archive.
    let members: [String: Range<Int>]

    private static let mostMembers = 100_000

    /// Why these bytes are no such archive, to complete "the file is …".
    struct Fault: Error {
        let why: String
    }

    init(_ archive: Data) throws {
        let bytes = Bytes(archive)
        let end = try Self.endRecord(bytes)
        guard end.count <= Self.mostMembers else { throw Fault(why: "an archive of \(end.count) files, more than any model has") }
        var members: [String: Range<Int>] = [:]
        var place = end.start
        for _ in 0..<end.count {
            guard try bytes.number(at: place, width: 4) == 0x0201_4B50 else { throw Fault(why: "damaged: its directory breaks off") }
            let method = try bytes.number(at: place + 10, width: 2)
            let lengths = try [28, 30, 32].map { try bytes.number(at: place + $0, width: 2) }
            let name = try bytes.text(at: place + 46, count: lengths[0])
            var sizes = try [24, 20, 42].map { try bytes.number(at: place + $0, width: 4) }
            try Self.widen(&sizes, bytes, extra: place + 46 + lengths[0], length: lengths[1])
            let (size, stored, header) = (sizes[0], sizes[1], sizes[2])
            if size > 0 {
                guard method == 0, size == stored else { throw Fault(why: "compressed, which torch never does") }
                members[name] = try Self.content(bytes, header: header, size: size)
            }
            place += 46 + lengths.reduce(0, +)
        }
        self.members = members
    }

    /// The start of the directory and the number of its entries.
    private static func endRecord(_ bytes: Bytes) throws -> (start: Int, count: Int) {
        guard bytes.count >= 22 else { throw Fault(why: "too short") }
        // The record lies at the very end, before a comment of at most 65,535 bytes.
        let candidates = stride(from: bytes.count - 22, through: max(0, bytes.count - 22 - 0xFFFF), by: -1)
        guard let end = try candidates.first(where: { try bytes.number(at: $0, width: 4) == 0x0605_4B50 }) else {
            throw Fault(why: "cut short, or no archive at all")
        }
        let (count, start) = (try bytes.number(at: end + 10, width: 2), try bytes.number(at: end + 16, width: 4))
        guard count == 0xFFFF || start == 0xFFFF_FFFF else { return (start, count) }
        guard end >= 20, try bytes.number(at: end - 20, width: 4) == 0x0706_4B50 else { return (start, count) }
        let wide = try bytes.number(at: end - 12, width: 8)
        guard try bytes.number(at: wide, width: 4) == 0x0606_4B50 else { throw Fault(why: "damaged: its zip64 record is missing") }
        return (try bytes.number(at: wide + 48, width: 8), try bytes.number(at: wide + 32, width: 8))
    }

    /// Numbers that do not fit into 32 bits stand in an extra field, in the order size, stored size, place.
    private static func widen(_ sizes: inout [Int], _ bytes: Bytes, extra: Int, length: Int) throws {
        guard sizes.contains(0xFFFF_FFFF) else { return }
        var place = extra
        while place + 4 <= extra + length {
            let (id, size) = (try bytes.number(at: place, width: 2), try bytes.number(at: place + 2, width: 2))
            guard id == 1 else {
                place += 4 + size
                continue
            }
            var field = place + 4
            for index in sizes.indices where sizes[index] == 0xFFFF_FFFF {
                guard field + 8 <= place + 4 + size else { break }
                sizes[index] = try bytes.number(at: field, width: 8)
                field += 8
            }
            return
        }
    }

    private static func content(_ bytes: Bytes, header: Int, size: Int) throws -> Range<Int> {
        guard try bytes.number(at: header, width: 4) == 0x0403_4B50 else { throw Fault(why: "damaged: a member has no header") }
        let start = header + 30 + (try bytes.number(at: header + 26, width: 2)) + (try bytes.number(at: header + 28, width: 2))
        guard start <= bytes.count, size <= bytes.count - start else { throw Fault(why: "cut short") }
        return start..<(start + size)
    }

    /// Little-endian numbers at any place; none outside is read.
    private struct Bytes {
        private let data: Data
        var count: Int { data.count }

        init(_ data: Data) { self.data = data }

        func number(at place: Int, width: Int) throws -> Int {
            guard place >= 0, place <= count - width else { throw Fault(why: "cut short") }
            let start = data.startIndex + place
            let value = data[start..<(start + width)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            // No place or size inside a file is larger than the file, but for the marks of zip64.
            guard value <= UInt64(max(count, 0xFFFF_FFFF)) else { throw Fault(why: "damaged: it points outside itself") }
            return Int(value)
        }

        func text(at place: Int, count length: Int) throws -> String {
            guard place >= 0, length >= 0, place <= count - length else { throw Fault(why: "cut short") }
            let start = data.startIndex + place
            return String(decoding: data[start..<(start + length)], as: UTF8.self)
        }
    }
}
