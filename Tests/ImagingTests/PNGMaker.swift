/// Writes PNG files of kinds that the encoder does not write, for tests.
enum PNGMaker {
    /// `rows` are the packed bytes of each row; fewer rows than `height` make a file whose header is valid and no more.
    static func png(width: Int, height: Int, bitDepth: UInt8, colourType: UInt8, rows: [[UInt8]], palette: [UInt8] = []) -> [UInt8] {
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        file += chunk("IHDR", bigEndian(width) + bigEndian(height) + [bitDepth, colourType, 0, 0, 0])
        if !palette.isEmpty { file += chunk("PLTE", palette) }
        let raw: [UInt8] = rows.flatMap { [UInt8(0)] + $0 }
        let length = UInt16(raw.count)
        var stored: [UInt8] = [0x78, 0x01, 0x01]
        for number in [length, ~length] { stored += [UInt8(number & 255), UInt8(number >> 8)] }
        stored += raw + bigEndian(adler(raw))
        return file + chunk("IDAT", stored) + chunk("IEND", [])
    }

    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return bigEndian(data.count) + body + bigEndian(Int(crc(body)))
    }

    private static func bigEndian(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(value >> $0 & 255) } }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
    }

    private static func adler(_ bytes: [UInt8]) -> Int {
        let sums = bytes.reduce((low: 1, high: 0)) { (($0.low + Int($1)) % 65_521, ($0.high + $0.low + Int($1)) % 65_521) }
        return sums.high << 16 | sums.low
    }
}
