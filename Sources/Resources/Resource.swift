package import Foundation

/// A stored resource: its address, the envelope every ARM resource shares, what was asked (`properties`), and what an
/// engine reported (`observed`, laid over the properties when read).
package struct Resource: Sendable, Hashable {
    package var id: ResourceID
    /// Top-level members of the ARM body other than id, name, type, systemData and properties: tags, location, identity, sku, kind.
    package var envelope: JSON
    package var properties: JSON
    package var observed: JSON
    package var isArchived: Bool
    package var systemData: SystemData
    /// Counts the writes of this resource; the HTTP etag.
    package var revision: Int64

    package init(
        id: ResourceID, envelope: JSON = [:], properties: JSON = [:], observed: JSON = [:], isArchived: Bool = false,
        systemData: SystemData, revision: Int64 = 1
    ) {
        self.id = id
        self.envelope = envelope
        self.properties = properties
        self.observed = observed
        self.isArchived = isArchived
        self.systemData = systemData
        self.revision = revision
    }

    /// Wanted properties with the observed ones laid over them.
    package var effectiveProperties: JSON { properties.merging(observed) }
}

/// Who made and last changed a resource, and when.
package struct SystemData: Sendable, Hashable {
    package var createdAt: Date
    package var createdBy: String
    package var lastModifiedAt: Date
    package var lastModifiedBy: String

    package init(createdAt: Date, createdBy: String, lastModifiedAt: Date, lastModifiedBy: String) {
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.lastModifiedAt = lastModifiedAt
        self.lastModifiedBy = lastModifiedBy
    }

    /// ARM's `systemData` object.
    package var json: JSON {
        [
            "createdAt": .string(createdAt.iso8601), "createdBy": .string(createdBy), "createdByType": "User",
            "lastModifiedAt": .string(lastModifiedAt.iso8601), "lastModifiedBy": .string(lastModifiedBy), "lastModifiedByType": "User",
        ]
    }
}

extension Date {
    /// `2026-11-24T20:24:13.123Z`, the form Azure's clients parse.
    package var iso8601: String {
        formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// Milliseconds since 1970, MLflow's clock.
    package var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }

    package init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
}
