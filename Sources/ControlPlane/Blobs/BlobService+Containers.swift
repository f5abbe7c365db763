internal import Foundation
internal import MetadataStore
package import Resources

extension BlobService {
    /// Makes a container; `.conflict` (target `container`) when it is there.
    package func createContainer(_ container: BlobContainer, metadata values: [String: String] = [:]) async throws -> StoredContainer {
        try Self.checkName(container)
        let (now, etag, text) = (now(), Self.newEtag(), Self.encode(values))
        return try await metadata.write { tx in
            guard try tx.insertContainer(account: container.account, name: container.name, metadata: text, etag: etag, at: now) else {
                throw Problem(.conflict, "the container '\(container.name)' is there already", target: "container")
            }
            return try Self.container(tx, container)
        }
    }

    /// Makes a container unless it is there: how a workspace gets its standard ones.
    package func ensureContainer(_ container: BlobContainer) async throws {
        try Self.checkName(container)
        let (now, etag) = (now(), Self.newEtag())
        try await metadata.write { tx in
            _ = try tx.insertContainer(account: container.account, name: container.name, metadata: "{}", etag: etag, at: now)
        }
    }

    /// The container, or `.notFound` (target `container`).
    package func container(_ container: BlobContainer) async throws -> StoredContainer {
        try await metadata.read { try Self.container($0, container) }
    }

    /// A page of an account's containers in the order of their names; `token` continues an earlier page.
    package func containers(
        of account: String, prefix: String = "", limit: Int = 5000, token: String? = nil
    ) async throws -> Page<StoredContainer> {
        let first = try Self.name(fromMarker: token) ?? prefix
        let limit = max(1, min(limit, 5000))
        return try await metadata.read { tx in
            var items = try tx.containers(account: account, from: first, limit: limit + 1).map(Self.stored).prefix {
                $0.container.name.utf8.starts(with: prefix.utf8)
            }
            let next = items.count > limit ? items.popLast() : nil
            return Page(items: Array(items), nextToken: next.map { Self.marker(forName: $0.container.name) })
        }
    }

    /// Replaces the metadata.
    package func setMetadata(_ values: [String: String], of container: BlobContainer) async throws -> StoredContainer {
        let (now, etag, text) = (now(), Self.newEtag(), Self.encode(values))
        return try await metadata.write { tx in
            try tx.updateContainer(Self.container(tx, container).id, metadata: text, etag: etag, at: now)
            return try Self.container(tx, container)
        }
    }

    /// Removes the container and all blobs in it.
    package func deleteContainer(_ container: BlobContainer, conditions: BlobConditions = BlobConditions()) async throws {
        try await metadata.write { tx in
            let stored = try Self.container(tx, container)
            guard conditions.verdict(etag: stored.etag, modifiedAt: stored.modifiedAt) == .proceed else {
                throw Problem(.preconditionFailed, "the container '\(container.name)' was changed; read it again", target: "container")
            }
            try tx.deleteContainer(stored.id)
        }
    }

    /// Azure's rule: 3 to 63 small letters, digits and single hyphens between them; or `$root`, `$logs`, `$web`.
    private static func checkName(_ container: BlobContainer) throws(Problem) {
        let name = container.name
        let isSpecial = ["$root", "$logs", "$web"].contains(name)
        let isPlain = name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        let hasLooseHyphen = name.hasPrefix("-") || name.hasSuffix("-") || name.contains("--")
        guard isSpecial || (isPlain && (3...63).contains(name.utf8.count) && !hasLooseHyphen) else {
            throw Problem(
                .invalidInput, "'\(name)' is no name for a container: 3 to 63 small letters, digits, and single hyphens between them",
                target: "name")
        }
    }
}
