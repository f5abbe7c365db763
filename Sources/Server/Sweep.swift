internal import ControlPlane
internal import Foundation
internal import Resources

/// Forgets what has been in the bin for long, and frees the bytes that nothing refers to any more, once an hour.
struct Sweep: Sendable {
    let blobs: BlobService
    let runs: RunService
    /// How long deleted runs, models and experiments can be restored.
    let retention: Duration
    let workspace: WorkspaceID

    func run() async throws {
        while true {
            try await Task.sleep(for: .seconds(3600))
            do {
                let cutoff = Date().timeIntervalSince1970 - Double(retention.components.seconds)
                try await runs.emptyTrash(until: Int64(cutoff * 1000), blobs: blobs, in: workspace)
                try await blobs.sweep()
            } catch {
                // The next round tries again; until then the bytes only take room.
                FileHandle.standardError.write(Data("the sweep of unused bytes failed: \(error)\n".utf8))
            }
        }
    }
}
