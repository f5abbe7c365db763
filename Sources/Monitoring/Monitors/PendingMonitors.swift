internal import ControlPlane
internal import Foundation
internal import Resources

/// The looks whose end has not been acted on yet: one small blob each in the workspace's datastore, so that a server that was
/// killed at any moment finds them again, and so that nobody has to search all jobs for them.
struct PendingMonitors {
    struct Entry: Sendable {
        var job: ResourceID
        var onAlert: JSON?
        var since: Date
    }

    let blobs: BlobService
    private static let prefix = "monitoring/pending/"

    func add(_ job: ResourceID, onAlert: JSON?) async throws {
        try await blobs.put(address(of: job), bytes: (["onAlert": onAlert ?? .null] as JSON).bytes())
    }

    func remove(_ job: ResourceID) async throws {
        do {
            try await blobs.delete(address(of: job))
        } catch let problem as Problem where problem.code == .notFound {}
    }

    func all(in workspace: WorkspaceID) async throws -> [Entry] {
        let container = BlobContainer.standard(of: workspace).blobs
        let listing: BlobListing
        do {
            listing = try await blobs.list(container, prefix: Self.prefix)
        } catch let problem as Problem where problem.code == .notFound {
            // A workspace that has no datastore yet.
            return []
        }
        var entries: [Entry] = []
        for case .blob(let blob) in listing.entries {
            let name = String(blob.address.name.dropFirst(Self.prefix.count))
            let note = try? JSON(parsing: await blobs.bytes(of: blob.address))
            let onAlert = note?["onAlert"].flatMap { $0.isNull ? nil : $0 }
            entries.append(Entry(job: ResourceID(workspace: workspace, kind: "jobs", name: name), onAlert: onAlert, since: blob.modifiedAt))
        }
        return entries
    }

    private func address(of job: ResourceID) -> BlobAddress {
        BlobContainer.standard(of: job.workspace).blobs.at(Self.prefix + job.name)
    }
}
