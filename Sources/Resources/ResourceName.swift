/// The rules of Azure ML for names.
package enum ResourceName {
    /// Asset, job and datastore names: letters, digits, `-`, `_`, `.`, up to 255, beginning with a letter, digit or `_`.
    package static func isValidAsset(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 255, isAlphanumeric(first) || first == UInt8(ascii: "_") else { return false }
        return name.utf8.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
    }

    /// Models in the registry: MLflow's rules, which allow more than Azure's. What could be read as a path, or in two ways
    /// (percent escapes, letters composed of several characters), is no name.
    package static func isValidRegisteredModel(_ name: String) -> Bool {
        guard !name.isEmpty, name.utf8.count <= 255, name != ".", name != ".." else { return false }
        let isComposed = name.unicodeScalars.contains { $0.properties.canonicalCombiningClass != .notReordered }
        return !isComposed && !name.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F || "/:\\%#?".unicodeScalars.contains($0) }
    }

    /// Versions: as names, up to 30.
    package static func isValidVersion(_ version: String) -> Bool {
        version.utf8.count <= 64 && isValidAsset(version)
    }

    /// Endpoints and deployments: a letter, then letters, digits and single dashes, 3 to 32, not ending in a dash.
    package static func isValidEndpoint(_ name: String) -> Bool {
        guard let first = name.utf8.first, isLetter(first), 3...32 ~= name.utf8.count, !name.hasSuffix("-"), !name.contains("--")
        else { return false }
        return name.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { 0x41...0x5A ~= byte || 0x61...0x7A ~= byte }
    private static func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || 0x30...0x39 ~= byte }
}
