/// Numbers as label files have them: digits, a point, digits.
enum DecimalText {
    private static let powers: [Double] = (0...22).map { power in (0..<power).reduce(1.0) { value, _ in value * 10 } }

    /// The value of decimal text with at most 15 digits and no exponent, exactly as `Double` reads it; nil for anything else.
    ///
    /// Both the digits and the power of ten are exact then, and one division of exact numbers rounds correctly (Clinger,
    /// "How to Read Floating Point Numbers Accurately", PLDI 1990).
    static func value(of text: UnsafeBufferPointer<UInt8>) -> Double? {
        var digits = 0, used = 0, fraction = 0
        var hasPoint = false, isNegative = false
        for (index, byte) in text.enumerated() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits = digits * 10 + Int(byte - UInt8(ascii: "0"))
                used += 1
                if hasPoint { fraction += 1 }
                if used > 15 { return nil }
            case UInt8(ascii: "."):
                if hasPoint || used == 0 { return nil }
                hasPoint = true
            case UInt8(ascii: "-"):
                if index > 0 { return nil }
                isNegative = true
            default: return nil
            }
        }
        guard used > 0, !hasPoint || fraction > 0 else { return nil }
        let value = fraction == 0 ? Double(digits) : Double(digits) / powers[fraction]
        return isNegative ? -value : value
    }

    static func value(of text: Substring.UTF8View) -> Double? {
        let fast = text.withContiguousStorageIfAvailable { value(of: $0) }
        return (fast ?? nil) ?? Double(Substring(text))
    }
}
