internal import Foundation
internal import MetadataStore
internal import Resources

extension BlobService {
    /// A page of the names in a container, in byte order. With a `delimiter`, names that go on after it are folded into
    /// one prefix; the index skips over what is folded, so a page costs as much as it shows.
    /// - Parameter marker: the `nextMarker` of the page before.
    package func list(
        _ container: BlobContainer, prefix: String = "", delimiter: String? = nil, marker: String? = nil, limit: Int = 5000
    ) async throws -> BlobListing {
        let first = try Self.name(fromMarker: marker) ?? prefix
        let limit = max(1, min(limit, 5000))
        return try await metadata.read { tx in
            let stored = try Self.container(tx, container)
            let end = Self.end(ofPrefix: prefix)
            var entries: [BlobListing.Entry] = []
            var position: String? = first
            while let start = position {
                guard entries.count < limit else {
                    let more = try tx.blobs(container: stored.id, from: start, to: end, limit: 1).first
                    return BlobListing(entries: entries, nextMarker: more.map { Self.marker(forName: $0.name) })
                }
                let batch = min(limit - entries.count, delimiter == nil ? limit : 256)
                let rows = try tx.blobs(container: stored.id, from: start, to: end, limit: batch)
                // The next possible name: control characters are in none.
                position = rows.count < batch ? nil : rows.last.map { $0.name + "\u{1}" }
                for row in rows {
                    guard let folded = Self.fold(row.name, prefix: prefix, delimiter: delimiter) else {
                        entries.append(.blob(Self.stored(row, in: container)))
                        continue
                    }
                    entries.append(.prefix(folded))
                    position = Self.end(ofPrefix: folded)
                    break
                }
            }
            return BlobListing(entries: entries, nextMarker: nil)
        }
    }

    /// Every blob beneath the folder `address`, in order, with its extents: what a materialisation or a count needs.
    func everything(beneath address: BlobAddress) async throws -> [StoredBlob] {
        let prefix = address.name.isEmpty ? "" : address.appending("").name
        return try await metadata.read { tx in
            let container = try Self.container(tx, address.container)
            return try tx.blobs(container: container.id, from: prefix, to: Self.end(ofPrefix: prefix), limit: .max).map {
                Self.stored($0, in: address.container, parts: try tx.parts(of: $0.id))
            }
        }
    }

    // MARK: Names in order

    /// The part of `name` through the first delimiter after `prefix`; `nil` when it has none. Compared byte by byte: Swift's
    /// own comparison of texts would take two spellings of one character for the same.
    private static func fold(_ name: String, prefix: String, delimiter: String?) -> String? {
        guard let delimiter, !delimiter.isEmpty else { return nil }
        let bytes = Array(name.utf8)
        let mark = Array(delimiter.utf8)
        var index = prefix.utf8.count
        while index + mark.count <= bytes.count {
            if bytes[index..<index + mark.count].elementsEqual(mark) {
                return String(decoding: bytes[..<(index + mark.count)], as: UTF8.self)
            }
            index += 1
        }
        return nil
    }

    /// The least text, in byte order, that is greater than all texts that begin with `prefix`; `nil`: there is none.
    static func end(ofPrefix prefix: String) -> String? {
        var scalars = Array(prefix.unicodeScalars)
        while let last = scalars.popLast() {
            let next = last.value == 0xD7FF ? 0xE000 : last.value + 1
            if let scalar = Unicode.Scalar(next) {
                var end = String.UnicodeScalarView(scalars)
                end.append(scalar)
                return String(end)
            }
        }
        return nil
    }

    static func marker(forName name: String) -> String { "2!" + Data(name.utf8).base64EncodedString().replacing("=", with: "-") }

    static func name(fromMarker marker: String?) throws(Problem) -> String? {
        guard let marker, !marker.isEmpty else { return nil }
        guard marker.hasPrefix("2!"), let data = Data(base64Encoded: String(marker.dropFirst(2)).replacing("-", with: "=")),
            let name = String(validating: data, as: UTF8.self)
        else { throw Problem(.invalidInput, "'\(marker)' is no marker of this list", target: "?marker") }
        return name
    }
}

extension BlobService {
    /// Whether there is a blob of this name or anything beneath it.
    package func exists(_ address: BlobAddress) async throws -> Bool {
        if try await find(address) != nil { return true }
        let prefix = address.name.isEmpty ? "" : address.appending("").name
        return try await !list(address.container, prefix: prefix, limit: 1).entries.isEmpty
    }
}
