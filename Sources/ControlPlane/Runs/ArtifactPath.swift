package import Resources

/// A path inside a run's artifacts that has proved to be harmless (mlflow.md 4.2): relative, without `..`, `.`, empty
/// parts, backslashes, drive letters, `#`, control characters, or any of these hidden under further percent-encoding.
/// Blob names are not file paths, so nothing could escape; the check keeps names meaning the same everywhere.
package struct ArtifactPath: Sendable, Hashable {
    /// Without a slash at either end; empty for the root.
    package let text: String

    /// `text` has been percent-decoded once, as HTTP wants. A slash at the end is dropped.
    package init(_ text: String) throws(Problem) {
        guard text.utf8.count <= 1024 else { throw Problem(.invalidInput, "Invalid path: it is longer than 1024 bytes", target: "path") }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else { throw Self.invalid(text) }
        var seen = text
        for depth in 0... {
            guard depth < 10 else { throw Self.invalid(text) }
            try Self.check(seen, original: text)
            // What hides behind one more decoding, with the characters removed that URL readers ignore.
            let deeper = Self.percentDecoded(seen).replacing("\t", with: "").replacing("\n", with: "").replacing("\r", with: "")
            if deeper == seen { break }
            seen = deeper
        }
        self.text = text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static func check(_ text: String, original: String) throws(Problem) {
        guard !text.isEmpty else { return }
        let bytes = Array(text.utf8)
        let isDrive =
            bytes.count > 2 && Character(text.unicodeScalars.first ?? " ").isLetter && bytes[1] == UInt8(ascii: ":")
            && bytes[2] == UInt8(ascii: "/")
        guard !text.contains("\\"), !text.contains("#"), !text.contains("\0"), !isDrive, !text.lowercased().hasPrefix("file:") else {
            throw invalid(original)
        }
        var parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count > 1, parts.last == "" { parts.removeLast() }
        for part in parts {
            guard !part.isEmpty, part != ".", !part.split(whereSeparator: { "?;=&".contains($0) }).contains("..") else {
                throw invalid(original)
            }
        }
    }

    private static func invalid(_ text: String) -> Problem {
        Problem(.invalidInput, "Invalid path: \(FactRules.quoted(text)) is not a relative path below the run's artifacts", target: "path")
    }

    /// Percent escapes replaced by their bytes; what is no escape stays as it is.
    package static func percentDecoded(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        func digit(_ byte: UInt8) -> UInt8? {
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x41...0x46: byte - 0x37
            case 0x61...0x66: byte - 0x57
            default: nil
            }
        }
        let bytes = Array(text.utf8)
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = digit(bytes[index + 1]),
                let low = digit(bytes[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// The path below this one.
    package func appending(_ other: ArtifactPath) -> ArtifactPath {
        if text.isEmpty { return other }
        if other.text.isEmpty { return self }
        return ArtifactPath(trusted: text + "/" + other.text)
    }

    private init(trusted text: String) { self.text = text }

    package static let root = ArtifactPath(trusted: "")
}
