package import Foundation

/// Which files of a folder stay behind: the patterns of `.amlignore`, or of `.gitignore` where there is none, with git's
/// meaning (gitignore(5)).
package struct IgnoreRules: Sendable {
    private struct Rule {
        var isException: Bool
        var onlyFolders: Bool
        /// Whether the pattern holds from the top of the folder; else it matches any last component.
        var isAnchored: Bool
        var pattern: [UInt8]
    }

    private var rules: [Rule] = []

    /// What never belongs to code.
    package static let ofCode = IgnoreRules(text: ".git/\n__pycache__/\n.ipynb_checkpoints/\n.DS_Store\n")

    package init(text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            if let rule = Self.rule(String(line)) { rules.append(rule) }
        }
    }

    /// The rules of `folder`'s own ignore file after `base`.
    package init(folder: URL, base: IgnoreRules) {
        self = base
        for name in [".amlignore", ".gitignore"] {
            guard let data = FileManager.default.contents(atPath: folder.appending(path: name).path(percentEncoded: false)) else { continue }
            let text = String(decoding: data, as: UTF8.self)
            rules += IgnoreRules(text: text).rules
            return
        }
    }

    private static func rule(_ line: String) -> Rule? {
        var text = line
        if text.hasPrefix("#") { return nil }
        while text.hasSuffix(" "), !text.hasSuffix("\\ ") { text.removeLast() }
        var rule = Rule(isException: false, onlyFolders: false, isAnchored: false, pattern: [])
        if text.hasPrefix("!") {
            rule.isException = true
            text.removeFirst()
        }
        if text.hasSuffix("/") {
            rule.onlyFolders = true
            text.removeLast()
        }
        if text.hasPrefix("/") {
            rule.isAnchored = true
            text.removeFirst()
        } else if text.contains("/") {
            rule.isAnchored = true
        }
        if text.isEmpty { return nil }
        rule.pattern = Array(text.utf8)
        return rule
    }

    /// Whether the entry at `path`, relative to the folder, stays behind; the last matching rule decides.
    package func excludes(_ path: String, isFolder: Bool) -> Bool {
        let whole = Array(path.utf8)
        let last = Array((path.split(separator: "/").last ?? "").utf8)
        var excluded = false
        for rule in rules where excluded == rule.isException && (isFolder || !rule.onlyFolders) {
            if Self.matches(rule.pattern[...], (rule.isAnchored ? whole : last)[...]) { excluded = !rule.isException }
        }
        return excluded
    }

    /// Glob over bytes: `*` and `?` stay inside a component, `**` crosses them, `[a-z]` is a class.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        let slash = UInt8(ascii: "/")
        let star = UInt8(ascii: "*")
        guard let first = pattern.first else { return text.isEmpty }
        switch first {
        case star:
            let rest = pattern.dropFirst()
            if rest.first == star {
                let beyond = rest.drop { $0 == star }
                if beyond.isEmpty { return true }
                let afterSlash = beyond.first == slash ? beyond.dropFirst() : beyond
                if matches(afterSlash, text) { return true }
                return text.indices.contains { matches(text[$0] == slash ? afterSlash : beyond, text[($0 + 1)...]) }
            }
            var remaining = text
            while true {
                if matches(rest, remaining) { return true }
                guard let next = remaining.first, next != slash else { return false }
                remaining = remaining.dropFirst()
            }
        case UInt8(ascii: "?"):
            guard let next = text.first, next != slash else { return false }
            return matches(pattern.dropFirst(), text.dropFirst())
        case UInt8(ascii: "["):
            guard let next = text.first, next != slash else { return false }
            guard let (isMember, rest) = memberOfClass(next, pattern.dropFirst()) else { break }
            return isMember && matches(rest, text.dropFirst())
        case UInt8(ascii: "\\") where pattern.count > 1:
            return text.first == pattern.dropFirst().first && matches(pattern.dropFirst(2), text.dropFirst())
        default: break
        }
        return text.first == first && matches(pattern.dropFirst(), text.dropFirst())
    }

    private static func memberOfClass(_ byte: UInt8, _ pattern: ArraySlice<UInt8>) -> (Bool, ArraySlice<UInt8>)? {
        var rest = pattern
        let isNegated = rest.first == UInt8(ascii: "!") || rest.first == UInt8(ascii: "^")
        if isNegated { rest = rest.dropFirst() }
        var isMember = false
        var isFirst = true
        while let low = rest.first {
            rest = rest.dropFirst()
            if low == UInt8(ascii: "]"), !isFirst { return (isMember != isNegated, rest) }
            isFirst = false
            if rest.first == UInt8(ascii: "-"), let high = rest.dropFirst().first, high != UInt8(ascii: "]") {
                if low <= byte, byte <= high { isMember = true }
                rest = rest.dropFirst(2)
            } else if low == byte {
                isMember = true
            }
        }
        return nil
    }
}
