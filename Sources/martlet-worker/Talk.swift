import Foundation

/// What is said to people, on standard error.
enum Talk {
    static let isTerminal = isatty(STDERR_FILENO) == 1

    /// Takes the place of what was last shown.
    static func say(_ sentence: String) {
        FileHandle.standardError.write(Data(((isTerminal ? "\r\u{1B}[K" : "") + sentence + "\n").utf8))
    }

    /// A line for a terminal that the next one replaces.
    static func show(_ line: String) {
        FileHandle.standardError.write(Data(("\r\u{1B}[K" + line).utf8))
    }

    /// The first of many sentences, and how many more there are.
    static func say(firstOf sentences: [String], limit: Int = 20) {
        sentences.prefix(limit).forEach { say($0) }
        if sentences.count > limit { say("… and \(sentences.count - limit) more") }
    }
}

/// JSON for standard output and files: sorted keys, readable.
func prettyJSON(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value) + Data("\n".utf8)
}
