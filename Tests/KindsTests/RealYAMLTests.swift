import Foundation
import Kinds
import Resources
import Testing

/// Microsoft's own examples (../shared/data/azureml-yaml): each is accepted or refused as Azure's own loaders do, and
/// what is accepted can be printed and read again. Differences are listed with their reasons.
@Suite(.enabled(if: !RealYAML.documents.isEmpty)) struct RealYAMLTests {
    /// Path, or a part of paths, to why Martlet and Azure's SDK do not agree.
    static let differences: [(path: String, reason: String)] = [
        ("attached-spark-", "a compute for Spark, which is not offered"),
        ("cli/jobs/pipelines/automl/", "AutoML steps are not offered"),
        ("cli/jobs/spark/", "Spark steps are not offered"),
        ("fraud_model/pipelines/training_pipeline.yaml", "a Spark step, which is not offered"),
        ("pipeline_job_with_flow_as_component/pipeline.yml", "steps of prompt flows are not offered"),
        ("deploy-models/", "'settings' of batch deployments is in Azure's documented schema; its public loader is at fault"),
        ("deploy-batch.yaml", "'settings' of batch deployments is in Azure's documented schema; its public loader is at fault"),
    ]

    /// Kinds of the examples that Martlet does not offer; all of them are refused, whatever Azure says.
    static let foreign: Set<String> = [
        "autoMLJob", "connection", "dataImport", "dataIndex", "distillationJob", "featureStore", "finetuningJob", "mltable", "modelPackage",
        "promptFlow", "registry", "sparkComponent", "sparkJob",
    ]

    @Test("each example is accepted or refused as Azure's loaders do") func agrees() {
        var differing: [String] = []
        for document in RealYAML.documents where !Self.foreign.contains(document.kind) {
            let problem = document.problem
            guard (problem == nil) != document.isAccepted else { continue }
            if Self.differences.contains(where: { document.path.contains($0.path) }) { continue }
            differing.append("\(document.kind) \(document.path): \(problem.map { "\($0)" } ?? "accepted; Azure: \(document.message)")")
        }
        #expect(differing.isEmpty, "\(differing.count) differ:\n\(differing.joined(separator: "\n"))")
    }

    @Test("no difference is listed that is none") func differencesDiffer() {
        for difference in Self.differences {
            #expect(
                RealYAML.documents.contains { $0.path.contains(difference.path) && ($0.problem == nil) != $0.isAccepted },
                "\(difference.path)")
        }
    }

    @Test("kinds that Martlet does not offer are refused by name") func foreignKinds() {
        let documents = RealYAML.documents.filter { Self.foreign.contains($0.kind) }
        #expect(documents.count == 111)
        for document in documents {
            let problem = document.problem
            #expect(problem?.description.contains("not offer") == true, "\(document.path): \(problem.map { "\($0)" } ?? "accepted")")
        }
    }

    @Test("a document is refused with a place in it, never with a crash") func refusalsHavePlaces() {
        for document in RealYAML.documents {
            guard let problem = document.problem else { continue }
            let all = problem.details.isEmpty ? [problem] : problem.details
            #expect(all.allSatisfy { $0.location != nil }, "\(document.path): \(problem)")
        }
    }

    @Test("what is accepted comes back from its face with the same meaning") func roundTrips() throws {
        var differing: [String] = []
        for document in RealYAML.documents where document.problem == nil {
            let kind = try #require(document.yamlKind)
            let first = try document.draft()
            let body = first.sent
            let face = kind.face(of: KindConformanceTests.arm(kind, Draft(name: first.name, version: first.version, parent: first.parent, body: body)))
            do {
                let again = try kind.draft(from: YAMLDocument(json: face, directory: document.folder), workspace: .standard)
                let (before, after) = (try Self.meaning(body), try Self.meaning(again.sent))
                if before != after { differing.append("\(document.path)\n  \(before)\n  \(after)") }
            } catch {
                differing.append("\(document.path): \(error)")
            }
        }
        #expect(differing.isEmpty, "\(differing.count) differ:\n\(differing.prefix(20).joined(separator: "\n"))")
    }

    /// Without what the server adds (a version) and what is never printed (secrets).
    private static func meaning(_ body: JSON) throws -> String {
        var body = try KindConformanceTests.meaning(body)
        body[path: ["properties", "componentSpec", "version"]] = nil
        body[path: ["properties", "credentials"]] = nil
        return body.text(sortedKeys: true)
    }

    @Test("a misspelt key is found where it stands, and the right one is named") func misspeltKeys() throws {
        var tried = 0
        for document in RealYAML.documents where document.problem == nil {
            let kind = try #require(document.yamlKind)
            let text = try String(contentsOfFile: document.file, encoding: .utf8)
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            // The first plain key of the top level with letters enough to be recognised when two are swapped.
            guard
                let index = lines.firstIndex(where: { line in
                    guard let colon = line.firstIndex(of: ":") else { return false }
                    return line[..<colon].count > 6 && line[..<colon].allSatisfy { $0.isLowercase || $0 == "_" }
                })
            else { continue }
            let key = String(lines[index].prefix { $0 != ":" })
            let wrong = key.prefix(3) + "x" + key.dropFirst(3)
            lines[index] = wrong + String(lines[index].dropFirst(key.count))
            let found = kind.problems(lines.joined(separator: "\n"), directory: document.folder)
            #expect(
                found.contains { $0.hasPrefix("\(index + 1):1 '\(wrong)' is not a known key; did you mean '\(key)'?") },
                "\(document.path): \(found)")
            tried += 1
        }
        #expect(tried > 200, "\(tried)")
    }
}

/// The examples and what Azure's SDK says about them.
enum RealYAML {
    struct Document: Sendable {
        var kind: String
        var path: String
        var isAccepted: Bool
        var message: String

        var file: String { RealYAML.root.appending(path: "tree/\(path)").path }
        var folder: String { URL(fileURLWithPath: file).deletingLastPathComponent().path }
        var yamlKind: (any YAMLKind.Type)? { AllKinds.kind(noun: RealYAML.nouns[kind] ?? "job") }

        func draft() throws(Problem) -> Draft {
            guard let yamlKind else { throw Problem(.internalFault, "no kind") }
            return try yamlKind.draft(from: YAMLDocument(contentsOfFile: file), workspace: .standard)
        }

        var problem: Problem? { RealYAML.problems[path] }

        fileprivate var found: Problem? {
            do throws(Problem) {
                _ = try draft()
                return nil
            } catch {
                return error
            }
        }
    }

    static let nouns = [
        "commandComponent": "component", "pipelineComponent": "component", "sparkComponent": "component", "data": "data",
        "environment": "environment", "compute": "compute", "datastore": "datastore", "model": "model",
        "managedOnlineEndpoint": "online-endpoint", "managedOnlineDeployment": "online-deployment",
        "kubernetesOnlineEndpoint": "online-endpoint", "kubernetesOnlineDeployment": "online-deployment",
        "batchEndpoint": "batch-endpoint", "batchDeployment": "batch-deployment", "schedule": "schedule", "monitorSchedule": "schedule",
        "workspace": "workspace", "modelBatchDeployment": "batch-deployment", "pipelineComponentBatchDeployment": "batch-deployment",
    ]

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../../shared/data/azureml-yaml")
        .standardizedFileURL

    /// Why documents are refused, by path; reading them all once is enough.
    static let problems: [String: Problem] = documents.reduce(into: [:]) { $0[$1.path] = $1.found }

    static let documents: [Document] = {
        guard let text = try? String(contentsOf: root.appending(path: "INDEX.tsv"), encoding: .utf8) else { return [] }
        return text.split(separator: "\n").dropFirst().compactMap { line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard cells.count > 6 else { return nil }
            return Document(kind: cells[0], path: cells[1], isAccepted: cells[6].hasPrefix("accept"), message: cells.count > 7 ? cells[7] : "")
        }
    }()
}

extension Draft {
    /// The body with what a client would have put in place of files and inner assets.
    var sent: JSON {
        var body = body
        for asset in inlineAssets {
            var inner = asset.draft
            inner.body = inner.sent
            let version = inner.version ?? inner.contentVersion
            body[path: asset.pointer] = .string(
                ResourceID(workspace: .standard, kind: asset.kind, name: inner.name ?? "azureml_anonymous", version: version).path)
        }
        for upload in uploads {
            let name = upload.path.utf8.reduce(UInt64(7)) { $0 &* 31 &+ UInt64($1) }
            body[path: upload.pointer] = .string(
                upload.purpose == .code
                    ? ResourceID(workspace: .standard, kind: "codes", name: "c\(name)", version: "1").path
                    : "azureml://datastores/workspaceblobstore/paths/\(name)")
        }
        return body
    }
}
