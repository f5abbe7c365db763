import Foundation
import Kinds
import Resources
import Testing

/// Microsoft's own examples (../shared/data/azureml-yaml). The count may only grow.
@Suite struct RealYAMLTests {
    static let nouns = [
        "commandJob": "job", "sweepJob": "job", "pipelineJob": "job", "commandComponent": "component", "pipelineComponent": "component",
        "data": "data", "environment": "environment", "compute": "compute", "datastore": "datastore", "model": "model",
        "managedOnlineEndpoint": "online-endpoint", "managedOnlineDeployment": "online-deployment",
        "kubernetesOnlineEndpoint": "online-endpoint", "kubernetesOnlineDeployment": "online-deployment",
        "batchEndpoint": "batch-endpoint", "batchDeployment": "batch-deployment", "schedule": "schedule", "monitorSchedule": "schedule",
        "workspace": "workspace", "modelBatchDeployment": "batch-deployment",
    ]

    struct Document {
        var kind: String
        var path: String
        var isAccepted: Bool
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../../shared/data/azureml-yaml")
        .standardizedFileURL

    static func documents() -> [Document] {
        guard let text = try? String(contentsOf: root.appending(path: "INDEX.tsv"), encoding: .utf8) else { return [] }
        return text.split(separator: "\n").dropFirst().compactMap { line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard cells.count > 6, nouns[cells[0]] != nil else { return nil }
            return Document(kind: cells[0], path: cells[1], isAccepted: cells[6].hasPrefix("accept"))
        }
    }

    static func problem(of document: Document) -> Problem? {
        do throws(Problem) {
            let yaml = try YAMLDocument(contentsOfFile: root.appending(path: "tree/\(document.path)").path)
            guard let kind = AllKinds.kind(noun: nouns[document.kind] ?? "") else { return Problem(.internalFault, "no kind") }
            _ = try kind.draft(from: yaml, workspace: .standard)
            return nil
        } catch {
            return error
        }
    }

    @Test("the examples that Azure's SDK accepts are accepted, as many as before", .enabled(if: !documents().isEmpty))
    func acceptsRealDocuments() {
        let documents = Self.documents().filter(\.isAccepted)
        let refused = documents.compactMap { document in Self.problem(of: document).map { (document, $0) } }
        for (document, problem) in refused where ProcessInfo.processInfo.environment["MARTLET_SHOW_REFUSED"] != nil {
            print("REFUSED \(document.kind) \(document.path)\n    \(problem)")
        }
        // 44 others: AutoML, Spark, parallel and sweep steps (24), files that the examples do not carry, placeholders in names.
        #expect(documents.count - refused.count >= 241, "\(documents.count - refused.count) of \(documents.count)")
    }

    @Test("a document is refused with a place in it, never with a crash", .enabled(if: !documents().isEmpty))
    func refusalsHavePlaces() {
        for document in Self.documents() {
            guard let problem = Self.problem(of: document) else { continue }
            let all = problem.details.isEmpty ? [problem] : problem.details
            #expect(all.allSatisfy { $0.location != nil }, "\(document.path): \(problem)")
        }
    }
}
