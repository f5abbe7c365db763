import Foundation

/// A fast reader of JSON for the two files of an evaluation, which reach a hundred megabytes of numbers: keys are compared
/// as machine words, numbers need no string, and everything that nobody asked for is passed over. `JSONScanner` is the one for all
/// other files.
struct JSONBytes {
    let file: String
    private let bytes: [UInt8]
    private(set) var position = 0

    /// A key or string of up to sixteen bytes, as two words; longer ones equal no other.
    struct Word: Equatable {
        fileprivate var high: UInt64 = 0
        fileprivate var low: UInt64 = 0
        fileprivate var count = 0

        fileprivate init() {}

        init(_ text: StaticString) {
            text.withUTF8Buffer { buffer in
                for byte in buffer { append(byte) }
            }
        }

        @inline(__always)
        fileprivate mutating func append(_ byte: UInt8) {
            high = high << 8 | low >> 56
            low = low << 8 | UInt64(byte)
            count += 1
        }

        static func == (one: Word, other: Word) -> Bool {
            one.low == other.low && one.high == other.high && one.count == other.count && one.count <= 16
        }
    }

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// Reads the whole file at once, without a second copy.
    init(file: String) throws(DatasetError) {
        guard let handle = fopen(file, "rb") else {
            throw DatasetError(file: file, message: "cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { fclose(handle) }
        guard fseek(handle, 0, SEEK_END) == 0, case let size = ftell(handle), size >= 0, size < 1 << 36 else {
            throw DatasetError(file: file, message: "cannot be read: it is no ordinary file, or larger than 64 GB")
        }
        rewind(handle)
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = size > 0 ? fread(buffer.baseAddress, 1, size, handle) : 0
        }
        guard ferror(handle) == 0 else { throw DatasetError(file: file, message: "cannot be read; is it a folder?") }
        self.init(bytes, file: file)
    }

    var count: Int { bytes.count }

    func failure(_ message: String) -> DatasetError {
        let read = bytes[..<min(position, bytes.count)]
        let lineStart = read.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return DatasetError(file: file, line: line, column: position - lineStart + 1, message: message)
    }

    /// The line of the position, from 1; counts from the start.
    var line: Int { bytes[..<min(position, bytes.count)].count { $0 == UInt8(ascii: "\n") } + 1 }

    private func unexpected(_ wanted: String) -> DatasetError {
        guard position < bytes.count else { return failure("the JSON ends where \(wanted) should be; the file seems cut short") }
        return failure("broken JSON: found \"\(Character(UnicodeScalar(bytes[position])))\" where \(wanted) should be")
    }

    /// The next byte that is not white space, not consumed; 0 at the end.
    @inline(__always)
    mutating func peek() -> UInt8 {
        while position < bytes.count {
            let byte = bytes[position]
            if byte > 0x20 { return byte }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        return 0
    }

    var isAtArray: Bool { mutating get { peek() == UInt8(ascii: "[") } }
    var isAtObject: Bool { mutating get { peek() == UInt8(ascii: "{") } }

    @inline(__always)
    private mutating func expect(_ byte: UInt8, _ wanted: @autoclosure () -> String) throws(DatasetError) {
        guard peek() == byte else { throw unexpected(wanted()) }
        position += 1
    }

    /// Only white space may follow the document.
    mutating func finish() throws(DatasetError) {
        guard peek() == 0, position >= bytes.count else { throw unexpected("the end of the file") }
    }

    /// Enters an object or a list when `isFirst`, else goes on in it; false at its end.
    /// - Parameter isFirst: true before the first call, false afterwards.
    @inline(__always)
    private mutating func next(_ isFirst: inout Bool, open: UInt8, close: UInt8) throws(DatasetError) -> Bool {
        if isFirst {
            isFirst = false
            try expect(open, open == UInt8(ascii: "{") ? "an object" : "a list")
            if peek() == close {
                position += 1
                return false
            }
            return true
        }
        let byte = peek()
        if byte == close {
            position += 1
            return false
        }
        guard byte == UInt8(ascii: ",") else { throw unexpected("\",\" or \"\(Character(UnicodeScalar(close)))\"") }
        position += 1
        return true
    }

    @inline(__always)
    mutating func nextElement(_ isFirst: inout Bool) throws(DatasetError) -> Bool {
        try next(&isFirst, open: UInt8(ascii: "["), close: UInt8(ascii: "]"))
    }

    /// The next key of an object; nil at its end. The value must be read next.
    @inline(__always)
    mutating func nextKey(_ isFirst: inout Bool) throws(DatasetError) -> Word? {
        guard try next(&isFirst, open: UInt8(ascii: "{"), close: UInt8(ascii: "}")) else { return nil }
        try expect(UInt8(ascii: "\""), "a key in quotes")
        var word = Word()
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            // A key with an escape is none that we know: its bytes differ.
            if bytes[position] == UInt8(ascii: "\\") { position += 1 }
            if position < bytes.count { word.append(bytes[position]) }
            position += 1
        }
        guard position < bytes.count else { throw unexpected("the end of a key") }
        position += 1
        try expect(UInt8(ascii: ":"), "\":\"")
        return word
    }

    /// Passes over any value.
    mutating func skip() throws(DatasetError) {
        switch peek() {
        case UInt8(ascii: "\""): try skipString()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            var depth = 0
            repeat {
                switch peek() {
                case 0: throw unexpected("the end of a value")
                case UInt8(ascii: "\""): try skipString()
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth += 1
                    position += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    depth -= 1
                    position += 1
                default: position += 1
                }
            } while depth > 0
        default:
            let start = position
            while position < bytes.count, Self.isWordByte(bytes[position]) { position += 1 }
            if position == start { throw unexpected("a value") }
        }
    }

    private mutating func skipString() throws(DatasetError) {
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        throw unexpected("the end of a string")
    }

    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// A string; nil for any other value, which is passed over.
    mutating func string() throws(DatasetError) -> String? {
        guard peek() == UInt8(ascii: "\"") else {
            try skip()
            return nil
        }
        let start = position
        try skipString()
        let inside = bytes[(start + 1)..<(position - 1)]
        guard inside.contains(UInt8(ascii: "\\")) else { return String(decoding: inside, as: UTF8.self) }
        do {
            return try JSONDecoder().decode(String.self, from: Data(bytes[start..<position]))
        } catch {
            throw failure("a string has a broken escape")
        }
    }

    /// A number, `true` as 1, or a number in quotes; nil for any other value, which is passed over.
    mutating func number() throws(DatasetError) -> Double? {
        let first = peek()
        if first == UInt8(ascii: "\"") { return try string().flatMap { Double($0) } }
        let start = position
        if let value = decimal() { return value }
        position = start
        guard first != UInt8(ascii: "{"), first != UInt8(ascii: "[") else {
            try skip()
            return nil
        }
        try skip()
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        switch word {
        case "true": return 1
        case "false": return 0
        case "null": return nil
        default:
            // "NaN", "Infinity" and "-Infinity", which Python writes, are spelled as Swift spells them.
            if let value = Double(word) { return value }
            position = start
            throw unexpected("a value")
        }
    }

    /// An id: a whole number, or a text; nil for any other value, which is passed over.
    mutating func identifier() throws(DatasetError) -> COCOIdentifier? {
        if peek() == UInt8(ascii: "\"") { return try string().map(COCOIdentifier.init) }
        return try number().flatMap { Int(exactly: $0) }.map(COCOIdentifier.number)
    }

    /// A decimal number of up to nineteen digits and no large exponent, rounded correctly; nil for anything else.
    @inline(__always)
    private mutating func decimal() -> Double? {
        var isNegative = false
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") {
            isNegative = true
            position += 1
        }
        var mantissa: UInt64 = 0
        var digits = 0, fraction = 0
        var isFraction = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte &- 0x30 < 10 {
                mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
                digits += 1
                if isFraction { fraction += 1 }
            } else if byte == UInt8(ascii: "."), !isFraction {
                isFraction = true
            } else {
                if Self.isWordByte(byte) { return nil }
                break
            }
            position += 1
        }
        // Leading zeros count as digits too; a longer number takes the slow way.
        guard digits > 0, digits <= 19 else { return nil }
        let value = Self.quotient(mantissa, Self.powersOfTen[fraction])
        return isNegative ? -value : value
    }

    private static let powersOfTen: [UInt64] = (0..<19).reduce(into: [1]) { powers, _ in powers.append((powers.last ?? 1) * 10) }

    /// The double nearest to `numerator / divisor`, a power of ten.
    @inline(__always)
    static func quotient(_ numerator: UInt64, _ divisor: UInt64) -> Double {
        // Powers of ten are exact doubles up to the twenty-second.
        if numerator < 1 << 53 { return Double(numerator) / Double(divisor) }
        if divisor == 1 { return Double(numerator) }
        // Both with their highest bit set, the quotient of the numerator's half has 63 bits or 64; what is left over only matters as
        // being there, and a double needs 53 of them.
        let (up, down) = (numerator.leadingZeroBitCount, divisor.leadingZeroBitCount)
        let shifted = numerator << UInt64(up)
        let (quotient, rest) = (divisor << UInt64(down)).dividingFullWidth((shifted >> 1, shifted << 63))
        return Double(sign: .plus, exponent: down - up - 63, significand: Double(rest == 0 ? quotient : quotient | 1))
    }
}
