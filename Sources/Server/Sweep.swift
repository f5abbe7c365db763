internal import ControlPlane
internal import Foundation

/// Frees the bytes that nothing refers to any more, once an hour.
struct Sweep: Sendable {
    let blobs: BlobService

    func run() async throws {
        while true {
            try await Task.sleep(for: .seconds(3600))
            do {
                try await blobs.sweep()
            } catch {
                // The next round tries again; until then the bytes only take room.
                FileHandle.standardError.write(Data("the sweep of unused bytes failed: \(error)\n".utf8))
            }
        }
    }
}
