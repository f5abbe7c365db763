internal import ControlPlane
internal import Foundation
internal import HTTPTypes
internal import MetadataStore
internal import Resources

/// The bin, which stock MLflow empties only from a command line: how much is in it, and the emptying.
struct TrashEndpoints: Sendable {
    let runs: RunService
    let blobs: BlobService

    var list: [MLflowEndpoint] {
        [
            MLflowEndpoint(.get, "trash") { call in Self.json(try await runs.trash(in: call.workspace)) },
            MLflowEndpoint(.post, "trash/empty") { call in
                let age = try call.arguments.integer("older_than_seconds") ?? 0
                guard 0...3_000_000_000 ~= age else {
                    throw Problem(.invalidInput, "older_than_seconds must be between 0 and 3000000000, got \(age)", target: "older_than_seconds")
                }
                let time = Int64(Date().timeIntervalSince1970 * 1000) - age * 1000
                return Self.json(try await runs.emptyTrash(until: time, blobs: blobs, in: call.workspace))
            },
        ]
    }

    private static func json(_ counts: TrashCounts) -> JSON {
        [
            "experiments": .integer(Int64(counts.experiments)), "runs": .integer(Int64(counts.runs)),
            "logged_models": .integer(Int64(counts.loggedModels)), "artifact_bytes": .integer(counts.bytes),
        ]
    }
}
