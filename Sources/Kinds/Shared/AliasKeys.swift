/// A guard before the YAML parser, which hashes keys with all aliases unfolded: a mapping whose key is a bomb of
/// aliases would never end. Azure ML has plain keys only, so a text with aliases and anything else in a key's place
/// is refused unread. (A command such as `echo {} : x` in a document that also uses aliases is refused too.)
enum AliasKeys {
    static func mayExist(in text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: "&")), usesAlias(bytes) else { return false }
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: ":") {
                var end = index
                while end > 0, isSpace(bytes[end - 1]) { end -= 1 }
                if end > 0, "]}".utf8.contains(bytes[end - 1]) { return true }
                var start = end
                while start > 0, isName(bytes[start - 1]) { start -= 1 }
                if start < end, start > 0, bytes[start - 1] == UInt8(ascii: "*") { return true }
            } else if byte == UInt8(ascii: "?"), index == 0 || isSpace(bytes[index - 1]) || "{[,".utf8.contains(bytes[index - 1]),
                index + 1 == bytes.count || isSpace(bytes[index + 1])
            {
                return true
            }
        }
        return false
    }

    /// Whether some `*name` has an `&name`.
    private static func usesAlias(_ bytes: [UInt8]) -> Bool {
        names(after: UInt8(ascii: "&"), bytes).isDisjoint(with: names(after: UInt8(ascii: "*"), bytes)) == false
    }

    private static func names(after mark: UInt8, _ bytes: [UInt8]) -> Set<ArraySlice<UInt8>> {
        var names: Set<ArraySlice<UInt8>> = []
        for (index, byte) in bytes.enumerated() where byte == mark {
            let name = bytes[(index + 1)...].prefix(while: isName)
            if !name.isEmpty { names.insert(name) }
        }
        return names
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    /// What libyaml takes as the name of an anchor.
    private static func isName(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
}
