/// Text of label files under construction: bytes, with what JSON and XML need for strings and numbers.
struct OutputText {
    var bytes: [UInt8] = []

    init() {}

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    static func += (text: inout OutputText, more: String) {
        text.bytes.append(contentsOf: more.utf8)
    }

    static func += (text: inout OutputText, number: Int) {
        if number >= 0, number < 10 {
            text.bytes.append(UInt8(ascii: "0") + UInt8(number))
        } else {
            text += String(number)
        }
    }

    /// The shortest form that reads back equal, without a fraction for whole numbers.
    static func += (text: inout OutputText, number: Double) {
        if let whole = Int(exactly: number) {
            text += whole
        } else {
            text += number.description
        }
    }

    /// `a, b, c` without the brackets.
    mutating func list(_ numbers: Double...) {
        for (index, number) in numbers.enumerated() {
            if index > 0 { self += ", " }
            self += number
        }
    }

    /// A JSON string with its quotes.
    mutating func quoted(_ string: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                self += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Text of XML, inside an element or an attribute in double quotes.
    mutating func escaped(_ string: String) {
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "&"): self += "&amp;"
            case UInt8(ascii: "<"): self += "&lt;"
            case UInt8(ascii: ">"): self += "&gt;"
            case UInt8(ascii: "\""): self += "&quot;"
            case 0x09, 0x0A, 0x0D: self += "&#\(byte);"
            // XML 1.0 has no way to write the other control characters.
            case 0..<0x20: bytes.append(UInt8(ascii: "?"))
            default: bytes.append(byte)
            }
        }
    }
}
