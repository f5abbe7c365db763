import Foundation
import Kinds
import Resources

/// A store in memory, for rules that look things up.
struct StoredResources: ReferenceLookup {
    var resources: [ResourceID: Resource] = [:]

    func resource(_ id: ResourceID) throws(Problem) -> Resource? { resources[id] }

    func latestVersion(of container: ResourceID) throws(Problem) -> String? {
        resources.keys.filter { $0.container == container && $0.version != nil }.compactMap(\.version).max()
    }

    func children(of id: ResourceID, kind: String) throws(Problem) -> [Resource] {
        resources.values.filter { $0.id.kind == kind && $0.id.parent == id.name }
    }

    /// Stores without asking the rules.
    mutating func put(
        _ kind: String, _ name: String, version: String? = nil, parent: String? = nil, _ properties: JSON = [:], observed: JSON = [:]
    ) {
        let id = ResourceID(workspace: .standard, kind: kind, parent: parent, name: name, version: version)
        let data = SystemData(
            createdAt: .init(milliseconds: 0), createdBy: "me", lastModifiedAt: .init(milliseconds: 0), lastModifiedBy: "me")
        resources[id] = Resource(id: id, properties: properties, observed: observed, systemData: data)
    }

    /// Lets the kind admit a body and gives what would be stored.
    func admit(
        _ kind: any ResourceKind.Type, _ name: String, version: String? = nil, parent: String? = nil, _ body: JSON,
        existing: Resource? = nil
    ) throws(Problem) -> Proposal {
        let id = ResourceID(workspace: .standard, kind: kind.path, parent: parent, name: name, version: version)
        var envelope = body
        envelope["properties"] = nil
        var proposal = Proposal(id: id, envelope: envelope, properties: body["properties"] ?? [:], existing: existing, lookup: self)
        try kind.admit(&proposal)
        return proposal
    }

    /// What the fixtures refer to.
    static let fixtures: StoredResources = {
        var store = StoredResources()
        store.put("datastores", "workspaceblobstore", ["isDefault": true])
        store.put("datastores", "workspaceartifactstore")
        store.put("environments", "detector-env", version: "1", ["image": "x"])
        store.put("codes", "detector-code", version: "1", ["codeUri": "azureml://datastores/workspaceblobstore/paths/code"])
        store.put("computes", "gpu-cluster", ["computeType": "AmlCompute"])
        store.put(
            "data", "shelf-photos", version: "1",
            ["dataType": "uri_folder", "dataUri": "azureml://datastores/workspaceblobstore/paths/shelves/"])
        store.put("models", "shelf-detector", version: "3", ["modelUri": "azureml://datastores/workspaceblobstore/paths/m/"])
        store.put(
            "jobs", "calm_fig_0123456789",
            ["jobType": "Command", "command": "echo", "outputs": ["weights": ["jobOutputType": "uri_folder"]]])
        store.put("onlineEndpoints", "shelf-endpoint", ["authMode": "Key", "traffic": ["blue": 90, "green": 10]])
        store.put("onlineEndpoints/deployments", "blue", parent: "shelf-endpoint")
        store.put("onlineEndpoints/deployments", "green", parent: "shelf-endpoint")
        store.put("batchEndpoints", "shelf-batch")
        store.put("batchEndpoints/deployments", "nightly", parent: "shelf-batch")
        return store
    }()
}

extension YAMLKind {
    static func draft(_ text: String, directory: String? = nil) throws(Problem) -> Draft {
        try draft(from: YAMLDocument(text: text, file: "test.yml", directory: directory), workspace: .standard)
    }

    /// The problems of a document, one line each: `4:7 message`.
    static func problems(_ text: String, directory: String? = nil) -> [String] {
        do throws(Problem) {
            _ = try readyDraft(from: YAMLDocument(text: text, file: "test.yml", directory: directory), workspace: .standard)
            return []
        } catch {
            return error.lines
        }
    }
}

extension Problem {
    var lines: [String] {
        (details.isEmpty ? [self] : details).map { "\($0.location.map { "\($0.line):\($0.column) " } ?? "")\($0.message)" }
    }
}
