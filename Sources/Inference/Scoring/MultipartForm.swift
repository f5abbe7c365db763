import Glibc

/// The parts of a `multipart/form-data` body (RFC 7578). Bytes of an untrusted sender: limits first, errors instead of traps.
struct MultipartForm {
    struct Part {
        /// The field's name; empty when the sender gave none.
        var name = ""
        var fileName: String?
        var contentType: String?
        var content: [UInt8] = []

        /// Whether it is a picture and not a field: it has a file name, or a type that is no text.
        var isFile: Bool { fileName != nil || contentType.map { !$0.hasPrefix("text/") } ?? false }
        var text: String { String(decoding: content.prefix(4096), as: UTF8.self) }
    }

    let parts: [Part]

    private static let partLimit = 128
    private static let headerLimit = 16 * 1024

    /// - Throws: `InferenceError` with the sentence for the sender.
    init(_ body: [UInt8], contentType: String) throws {
        guard let boundary = Self.parameter("boundary", of: contentType), (1...70).contains(boundary.utf8.count) else {
            throw InferenceError("the content type multipart/form-data names no boundary; let the HTTP client set that header")
        }
        let mark = Array("--\(boundary)".utf8)
        parts = try body.withUnsafeBytes { bytes in
            var found: [Part] = []
            guard var start = Self.find(mark, in: bytes, from: 0).map({ $0 + mark.count }) else {
                throw InferenceError("the form does not hold its own boundary; let the HTTP client write the body")
            }
            let delimiter = Array("\r\n".utf8) + mark
            while !Self.starts(bytes, with: "--", at: start) {
                guard let end = Self.find(delimiter, in: bytes, from: start) else {
                    throw InferenceError("the form ends in the middle of part \(found.count); send it again")
                }
                guard found.count < Self.partLimit else { throw InferenceError("the form has more than \(Self.partLimit) parts") }
                found.append(try Self.part(bytes, from: start, to: end, number: found.count))
                start = end + delimiter.count
            }
            return found
        }
    }

    /// One part, from behind its boundary line to the line break before the next one.
    private static func part(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int, number: Int) throws -> Part {
        let whole = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        guard let headEnd = find(Array("\r\n\r\n".utf8), in: whole, from: 0), headEnd <= headerLimit else {
            throw InferenceError("part \(number) of the form has no header")
        }
        var part = Part()
        for line in String(decoding: whole[..<headEnd], as: UTF8.self).split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = String(line[line.index(after: colon)...].drop { $0 == " " })
            switch line[..<colon].lowercased() {
            case "content-disposition":
                part.name = parameter("name", of: value) ?? ""
                part.fileName = parameter("filename", of: value)
            case "content-type": part.contentType = value.lowercased()
            default: break
            }
        }
        part.content = Array(whole[(headEnd + 4)...])
        return part
    }

    /// The value of a parameter in a header such as `form-data; name="image"`.
    private static func parameter(_ name: String, of header: String) -> String? {
        var rest = header[...]
        while let semicolon = rest.firstIndex(of: ";") {
            rest = rest[rest.index(after: semicolon)...].drop { $0 == " " }
            guard let equals = rest.firstIndex(of: "=") else { return nil }
            let key = rest[..<equals].lowercased()
            var value = rest[rest.index(after: equals)...]
            if value.first == "\"" {
                value = value.dropFirst()
                guard let close = value.firstIndex(of: "\"") else { return nil }
                rest = value[value.index(after: close)...]
                value = value[..<close]
            } else {
                rest = value[(value.firstIndex(of: ";") ?? value.endIndex)...]
                value = value[..<(value.firstIndex { $0 == ";" || $0.isWhitespace } ?? value.endIndex)]
            }
            if key == name { return String(value) }
        }
        return nil
    }

    private static func starts(_ bytes: UnsafeRawBufferPointer, with text: String, at index: Int) -> Bool {
        index <= bytes.count && bytes[index...].starts(with: text.utf8)
    }

    private static func find(_ needle: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress, let first = needle.first else { return nil }
        var place = start
        while place + needle.count <= bytes.count {
            guard let hit = memchr(base + place, Int32(first), bytes.count - needle.count - place + 1) else { return nil }
            place = UnsafeRawPointer(hit) - base
            if memcmp(hit, needle, needle.count) == 0 { return place }
            place += 1
        }
        return nil
    }
}
