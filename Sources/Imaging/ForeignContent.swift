/// Names what a file that is neither JPEG nor PNG seems to be, so that an error can say it.
enum ForeignContent {
    static func name(of file: ByteView) -> (name: String, isImage: Bool) {
        if let name = imageName(of: file) { return (name, true) }
        if file.starts(with: Array("%PDF".utf8)) { return ("a PDF document", false) }
        if file.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return ("a ZIP archive", false) }
        if file.starts(with: [0x1F, 0x8B]) { return ("a gzip archive", false) }
        return (textName(of: file) ?? "not an image (unknown content)", false)
    }

    private static func imageName(of file: ByteView) -> String? {
        if file.starts(with: Array("GIF8".utf8)) { return "a GIF image" }
        if file.starts(with: Array("BM".utf8)), file.uint32(at: 14, littleEndian: true).map({ (12...124).contains($0) }) == true {
            return "a BMP image"
        }
        if file.starts(with: Array("RIFF".utf8)), file.text(at: 8, count: 4) == "WEBP" { return "a WebP image" }
        if file.starts(with: Array("II*\0".utf8)) || file.starts(with: Array("MM\0*".utf8)) { return "a TIFF image" }
        if file.starts(with: [0xFF, 0x0A]) { return "a JPEG XL image" }
        if file.text(at: 4, count: 4) == "ftyp" {
            switch file.text(at: 8, count: 4) {
            case "avif", "avis": return "an AVIF image"
            case "heic", "heix", "mif1", "msf1", "hevc": return "a HEIC image"
            default: return nil
            }
        }
        let start = file.text(at: 0, count: 400).lowercased()
        return start.contains("<svg") ? "an SVG drawing" : nil
    }

    private static func textName(of file: ByteView) -> String? {
        let start = file.bytes.prefix(400)
        guard !start.contains(where: { $0 < 9 || ($0 > 13 && $0 < 32) }) else { return nil }
        guard let first = start.first(where: { $0 > 32 }) else { return "blank text" }
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["): return "JSON text"
        case UInt8(ascii: "<"): return "HTML or XML text"
        default: return start.contains { $0 >= 128 } ? nil : "text"
        }
    }
}
