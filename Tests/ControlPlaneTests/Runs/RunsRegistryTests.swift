import ControlPlane
import Foundation
import MetadataStore
import Resources
import Testing

@Suite("The model registry")
struct RunsRegistryTests {
    private func create(
        _ house: RunsFixture, source: String, name: String = "detector", run: String? = nil, tags: [LabelRecord] = []
    ) async throws -> ModelVersion {
        try await house.registry.createVersion(
            of: name, source: source, runID: run, runLink: nil, description: nil, tags: tags, modelID: nil, by: house.owner,
            in: house.workspace)
    }

    @Test("versions count up, carry their run, and are the same models that Azure's clients see")
    func versions() async throws {
        let house = try await RunsFixture()
        let run = try await house.run()
        _ = try await house.registry.create(
            "detector", description: "finds fridges", tags: [LabelRecord("team", "red")], in: house.workspace)
        let first = try await create(house, source: "runs:/\(run)/model")
        let second = try await create(house, source: "mlflow-artifacts:/0/\(run)/artifacts/model", run: run)
        #expect(first.version == "1" && second.version == "2" && first.runID == run && first.uri == second.uri)
        #expect(first.uri.hasSuffix("/datastores/workspaceartifactstore/paths/ExperimentRun/dcid.\(run)/model"))
        let resource = try await house.resources.get(ResourceID(workspace: house.workspace, kind: "models", name: "detector", version: "2"))
        #expect(resource.properties["modelType"] == "custom_model")
        #expect(
            await problem { _ = try await house.registry.create("detector", description: nil, tags: [], in: house.workspace) }?.code
                == .conflict)
        #expect(await problem { _ = try await create(house, source: "runs:/x/y", name: "nobody") }?.code == .notFound)
    }

    @Test("a folder with an MLmodel file is an MLflow model")
    func modelType() async throws {
        let house = try await RunsFixture()
        let run = try await house.run()
        let folder = try await house.blobs.resolve(
            ArtifactPlace(owner: run, path: ArtifactPath("model")).datastorePath, in: house.workspace)
        try await house.blobs.put(folder.appending("MLmodel"), bytes: Array("flavors: {}".utf8))
        _ = try await house.registry.create("detector", description: nil, tags: [], in: house.workspace)
        _ = try await create(house, source: "runs:/\(run)/model")
        let resource = try await house.resources.get(ResourceID(workspace: house.workspace, kind: "models", name: "detector", version: "1"))
        #expect(resource.properties["modelType"] == "mlflow_model")
    }

    @Test("a model that came through Azure's door is registered like any other")
    func otherDoor() async throws {
        let house = try await RunsFixture()
        let id = ResourceID(workspace: house.workspace, kind: "models", name: "azure", version: "7")
        _ = try await house.resources.put(
            id, body: ["properties": ["modelUri": "azureml://datastores/workspaceblobstore/paths/x", "tags": ["a": "b"]]], by: house.owner)
        let model = try await house.registry.model("azure", in: house.workspace)
        #expect(model.latestVersions.map(\.version) == ["7"] && model.latestVersions[0].tags == [LabelRecord("a", "b")])
        _ = try await create(house, source: "models:/azure/7", name: "azure")
        #expect(
            try await house.registry.version("8", of: "azure", in: house.workspace).uri == "azureml://datastores/workspaceblobstore/paths/x"
        )
    }

    @Test("a logged model is registered with its files and its run")
    func loggedModel() async throws {
        let house = try await RunsFixture()
        let run = try await house.run()
        let logged = try await house.runs.createLoggedModel(
            in: "0", name: "m", modelType: nil, sourceRun: run, tags: [], parameters: [], workspace: house.workspace)
        _ = try await house.registry.create("detector", description: nil, tags: [], in: house.workspace)
        let version = try await create(house, source: "models:/\(logged.id)")
        #expect(version.modelID == logged.id && version.runID == run && version.uri.hasSuffix("/ExperimentRun/dcid.\(logged.id)"))
        #expect(await problem { _ = try await create(house, source: "models:/m-nobody") }?.code == .notFound)
    }

    @Test(
        "sources on a disk, or that might be read in two ways, are refused",
        arguments: [
            "file:///etc", "/etc", "file:etc", "file://remote/etc", "file://localhost/etc", "etc/passwd", "mlflow-artifacts://h/../../..",
            "http://h/api/2.0/mlflow-artifacts/artifacts/../../..", "s3://b/a/../../c", "s3://b/..%2f..%2f", "s3://b/%252e%252e/x",
            "\\..\\..\\file",
            "file:///C:\\..", "http://h/;..%2F..%2Fetc", "https://h/#/../../etc", "//etc//", "ftp://h/x", "runs:/RUN/../../x", "", "s3:/x",
            "prompt-template",
        ])
    func hostileSources(source: String) async throws {
        let house = try await RunsFixture()
        let run = try await house.run()
        _ = try await house.registry.create("detector", description: nil, tags: [], in: house.workspace)
        for tags in [[], [LabelRecord("mlflow.prompt.is_prompt", "true")]] where source != "prompt-template" || tags.isEmpty {
            let refused = await problem { _ = try await create(house, source: source.replacing("RUN", with: run), tags: tags) }
            #expect(refused?.code == .invalidInput, "\(source): \(String(describing: refused))")
        }
        #expect(try await house.registry.model("detector", in: house.workspace).latestVersions.isEmpty)
    }

    @Test("aliases move, name versions, and go with them")
    func aliases() async throws {
        let house = try await RunsFixture()
        _ = try await house.registry.create("detector", description: nil, tags: [], in: house.workspace)
        for _ in 0..<2 { _ = try await create(house, source: "s3://bucket/model") }
        try await house.registry.setAlias("champion", version: "1", of: "detector", in: house.workspace)
        try await house.registry.setAlias("champion", version: "2", of: "detector", in: house.workspace)
        #expect(try await house.registry.version(alias: "champion", of: "detector", in: house.workspace).version == "2")
        #expect(try await create(house, source: "models:/detector@champion").uri == "s3://bucket/model")
        for alias in ["latest", "v1", "V22", "a b", "a/b", "", String(repeating: "a", count: 256)] {
            #expect(
                await problem { try await house.registry.setAlias(alias, version: "1", of: "detector", in: house.workspace) }?.code
                    == .invalidInput)
        }
        #expect(
            await problem { try await house.registry.setAlias("x", version: "9", of: "detector", in: house.workspace) }?.code == .notFound)
        try await house.registry.delete("2", of: "detector", in: house.workspace)
        let missing = await problem { _ = try await house.registry.version(alias: "champion", of: "detector", in: house.workspace) }
        #expect(missing?.code == .invalidInput && missing?.message == "Registered model alias champion not found.")
    }

    @Test("stages are moved between, and what stood there is archived")
    func stages() async throws {
        let house = try await RunsFixture()
        _ = try await house.registry.create("detector", description: nil, tags: [], in: house.workspace)
        for _ in 0..<2 { _ = try await create(house, source: "s3://bucket/model") }
        func move(_ version: String, _ stage: String, archiving: Bool = false) async throws -> ModelVersion {
            try await house.registry.transition(
                version, of: "detector", to: stage, archivingOthers: archiving, by: house.owner, in: house.workspace)
        }
        #expect(try await move("1", "production").stage == "Production")
        #expect(try await move("2", "Production", archiving: true).stage == "Production")
        #expect(try await house.registry.version("1", of: "detector", in: house.workspace).stage == "Archived")
        let latest = try await house.registry.latestVersions(of: "detector", stages: ["production"], in: house.workspace)
        #expect(latest.map(\.version) == ["2"])
        #expect(await problem { _ = try await move("1", "Nirvana") }?.code == .invalidInput)
        #expect(await problem { _ = try await move("1", "None", archiving: true) }?.code == .invalidInput)
    }

    @Test("the number of a deleted version is not given again, and a model in use stays")
    func deletion() async throws {
        let house = try await RunsFixture()
        _ = try await house.registry.create("detector", description: nil, tags: [], in: house.workspace)
        for _ in 0..<2 { _ = try await create(house, source: "s3://bucket/model") }
        try await house.registry.delete("2", of: "detector", in: house.workspace)
        #expect(try await create(house, source: "s3://bucket/model").version == "3")
        let model = ResourceID(workspace: house.workspace, kind: "models", name: "detector", version: "3")
        _ = try await house.resources.put(
            ResourceID(workspace: house.workspace, kind: "onlineEndpoints", name: "shop"), body: [:], by: house.owner)
        _ = try await house.resources.put(
            ResourceID(workspace: house.workspace, kind: "onlineEndpoints/deployments", parent: "shop", name: "blue"),
            body: ["properties": ["model": .string(model.path)]], by: house.owner)
        #expect(await problem { try await house.registry.delete("3", of: "detector", in: house.workspace) }?.code == .preconditionFailed)
        #expect(await problem { try await house.registry.delete("detector", in: house.workspace) }?.code == .preconditionFailed)
        #expect(
            await problem { _ = try await house.registry.rename("detector", to: "other", in: house.workspace) }?.code == .preconditionFailed
        )
        #expect(try await house.registry.model("detector", in: house.workspace).latestVersions.map(\.version) == ["3"])
        try await house.registry.delete("1", of: "detector", in: house.workspace)
    }

    @Test("models and prompts are searched for apart")
    func searches() async throws {
        let house = try await RunsFixture()
        let prompt = LabelRecord("mlflow.prompt.is_prompt", "true")
        _ = try await house.registry.create("b-model", description: nil, tags: [LabelRecord("team", "red")], in: house.workspace)
        _ = try await house.registry.create("a-model", description: nil, tags: [], in: house.workspace)
        _ = try await house.registry.create("greeting", description: nil, tags: [prompt], in: house.workspace)
        _ = try await create(house, source: "prompt-template", name: "greeting", tags: [prompt, LabelRecord("mlflow.prompt.text", "hi")])
        _ = try await create(house, source: "s3://b/m", name: "a-model", run: "r1", tags: [LabelRecord("k", "v")])
        func names(_ filter: String?) async throws -> [String] {
            try await house.registry.search(filter: filter, orderBy: [], maxResults: nil, pageToken: nil, in: house.workspace).items.map(
                \.record.name)
        }
        #expect(try await names(nil) == ["a-model", "b-model"])
        #expect(try await names("tags.`mlflow.prompt.is_prompt` = 'true'") == ["greeting"])
        #expect(try await names("tags.team = 'red' AND name LIKE 'b%'") == ["b-model"])
        func versions(_ filter: String) async throws -> [String] {
            try await house.registry.searchVersions(filter: filter, orderBy: [], maxResults: nil, pageToken: nil, in: house.workspace).items
                .map(\.name)
        }
        #expect(try await versions("run_id IN ('r1')") == ["a-model"])
        #expect(try await versions("tags.k = 'v' AND source_path = 's3://b/m'") == ["a-model"])
        #expect(try await versions("name = 'greeting' AND version_number = 1") == ["greeting"])
        #expect(try await versions("tags.mlflow.prompt.is_prompt = 'false'") == ["a-model"])
    }

    @Test("names that would hide as others are refused", arguments: ["", "M%20x", "a/b", "a:b", "%2e%2e", "..", "../x", "a\nb", "e\u{301}", "a#b"])
    func hostileNames(name: String) async throws {
        let house = try await RunsFixture()
        #expect(
            await problem { _ = try await house.registry.create(name, description: nil, tags: [], in: house.workspace) }?.code
                == .invalidInput)
    }
}
