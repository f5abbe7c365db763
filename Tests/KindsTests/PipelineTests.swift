import Foundation
import Kinds
import Resources
import Testing

/// Pipelines from YAML to the bodies that Azure's own clients send.
@Suite struct PipelineTests {
    static let project = KindConformanceTests.fixtures.appending(path: "project")

    static func draft() throws(Problem) -> Draft {
        try Job.draft(
            from: YAMLDocument(contentsOfFile: project.appending(path: "pipelines/training_pipeline.yml").path), workspace: .standard)
    }

    func arm(_ kind: String, _ name: String) -> JSON { .string("\(WorkspaceID.standard.path)/\(kind)/\(name)") }

    @Test("the order's pipeline, with bindings inside commands, becomes what Azure's clients send") func body() throws {
        let draft = try Self.draft()
        let properties = try #require(draft.body["properties"])
        #expect(properties["jobType"] == "Pipeline")
        #expect(properties["settings"] == ["default_compute": arm("computes", "gpu-cluster")])
        #expect(properties["inputs"]?["pipeline_epochs"] == ["jobInputType": "literal", "value": "50"])
        let train = try #require(properties["jobs"]?["train_job"])
        #expect(train["name"] == "train_job")
        #expect(
            train["inputs"] == [
                "pipeline_epochs": ["value": "${{parent.inputs.pipeline_epochs}}", "job_input_type": "literal"],
                "pipeline_images": ["value": "${{parent.inputs.pipeline_images}}", "job_input_type": "literal"],
            ])
        #expect(train["outputs"] == ["model_folder": ["job_output_type": "uri_folder"]])
        #expect(train["distribution"] == ["distribution_type": "PyTorch", "process_count_per_instance": 1])
        let register = try #require(properties["jobs"]?["register_job"])
        #expect(register["inputs"]?["train_job_model_folder"]?["value"] == "${{parent.jobs.train_job.outputs.model_folder}}")
        #expect(properties["jobs"]?["evaluate_job"]?["outputs"] == ["report": ["value": "${{parent.outputs.trained}}", "type": "literal"]])
    }

    @Test("commands in place become anonymous components with their own uploads") func components() throws {
        let draft = try Self.draft()
        #expect(draft.inlineAssets.map(\.kind) == ["components", "components", "components"])
        #expect(draft.uploads.isEmpty)
        let train = try #require(draft.inlineAssets.first { $0.pointer == ["properties", "jobs", "train_job", "componentId"] })
        let spec = try #require(train.draft.body["properties"]?["componentSpec"])
        let command =
            "python train.py --epochs ${{inputs.pipeline_epochs}} --images ${{inputs.pipeline_images}} "
            + "--out ${{outputs.model_folder}}"
        #expect(spec["command"] == .string(command))
        #expect(spec["inputs"] == ["pipeline_epochs": ["type": "string"], "pipeline_images": ["type": "uri_folder"]])
        #expect(spec["environment"] == .string("\(WorkspaceID.standard.path)/environments/detector-env/versions/1"))
        #expect(train.draft.name == "azureml_anonymous")
        #expect(train.draft.body["properties"]?["isAnonymous"] == true)
        #expect(
            train.draft.uploads == [
                LocalUpload(
                    purpose: .code, path: Self.project.appending(path: "src").path, pointer: ["properties", "componentSpec", "code"])
            ])
        let register = try #require(draft.inlineAssets.first { $0.pointer.contains("register_job") })
        // YAML says that a '#' inside a folded text is text.
        #expect(
            register.draft.body["properties"]?["componentSpec"]?["command"]?.stringValue?.hasPrefix("python register.py # what follows")
                == true)
        let environment = try #require(register.draft.inlineAssets.first)
        #expect(environment.kind == "environments")
        #expect(environment.pointer == ["properties", "componentSpec", "environment"])
        #expect(environment.draft.name == "CliV2AnonymousEnvironment")
        #expect(environment.draft.version?.count == 32)
        let evaluate = try #require(draft.inlineAssets.first { $0.pointer.contains("evaluate_job") })
        #expect(evaluate.draft.uploads.first?.path == Self.project.appending(path: "src").path)
        #expect(evaluate.draft.body["properties"]?["componentSpec"]?["inputs"]?["threshold"] == ["type": "number", "default": "0.25"])
    }

    @Test("the same content has the same version, other content another") func contentVersion() throws {
        let (one, two) = (try Self.draft().inlineAssets[0].draft, try Self.draft().inlineAssets[1].draft)
        #expect(one.contentVersion == (try Self.draft().inlineAssets[0].draft.contentVersion))
        #expect(one.contentVersion != two.contentVersion)
        #expect(ResourceName.isValidVersion(one.contentVersion))
    }

    /// The pipeline as the server gets it, with every component created.
    static func submitted(into store: inout StoredResources) throws -> JSON {
        let draft = try draft()
        var body = draft.body
        for asset in draft.inlineAssets {
            var component = asset.draft.body
            component["properties"]?["componentSpec"]?["code"] = .string("\(WorkspaceID.standard.path)/codes/detector-code/versions/1")
            if asset.draft.inlineAssets.isEmpty == false {
                component["properties"]?["componentSpec"]?["environment"] = .string(
                    "\(WorkspaceID.standard.path)/environments/detector-env/versions/1")
            }
            let version = asset.draft.contentVersion
            let proposal = try store.admit(ComponentAsset.self, "azureml_anonymous", version: version, component)
            store.put("components", "azureml_anonymous", version: version, proposal.properties)
            body["properties"]?["jobs"]?[asset.pointer[2]]?["componentId"] = .string(proposal.id.path)
        }
        return body
    }

    @Test("the server admits it; engines read it; the graph is right") func admitted() throws {
        var store = StoredResources.fixtures
        let body = try Self.submitted(into: &store)
        let proposal = try store.admit(Job.self, "calm_fig", body)
        let pipeline: PipelineJob = try proposal.properties.decoded()
        #expect(pipeline.jobs.count == 3)
        #expect(pipeline.jobs["train_job"]?.inputs?["pipeline_epochs"]?.binding?.meaning == .parentInput("pipeline_epochs"))
        #expect(pipeline.jobs["train_job"]?.distribution?.type == "pytorch")
        #expect(pipeline.settings?.defaultCompute?.hasSuffix("/computes/gpu-cluster") == true)
        let edges = proposal.properties["jobs"]?.pipelineEdges
        #expect(edges == ["train_job": [], "evaluate_job": ["train_job"], "register_job": ["train_job"]])
        let id = try #require(ResourceID(path: pipeline.jobs["evaluate_job"]?.componentId ?? ""))
        let spec: ComponentSpec = try #require(store.resources[id]?.properties["componentSpec"]).decoded()
        #expect(spec.command?.contains("evaluate.py") == true)
        #expect(Job.references(in: proposal.properties, workspace: .standard).contains { $0.kind == "components" })
        let face = Job.face(of: ["id": .string(proposal.id.path), "properties": proposal.properties])
        #expect(face["type"] == "pipeline")
        #expect(face["jobs"]?["evaluate_job"]?["inputs"]?["threshold"] == "0.5")
        #expect(face["settings"]?["default_compute"] == "azureml:gpu-cluster")
    }

    @Test("the server refuses unknown inputs, missing inputs, bindings to nothing and circles") func refused() throws {
        var store = StoredResources.fixtures
        let good = try Self.submitted(into: &store)
        func refuses(_ path: String, _ value: JSON?, _ expected: String) {
            var properties = good["properties"] ?? [:]
            properties.put(value, at: path.split(separator: ".").map(String.init))
            do throws(Problem) {
                _ = try store.admit(Job.self, "calm_fig", ["properties": properties])
                Issue.record("admitted with another \(path)")
            } catch {
                #expect(error.lines.joined(separator: "\n").contains(expected))
            }
        }
        refuses("jobs.evaluate_job.inputs.model", nil, "'jobs.evaluate_job.inputs.model' is missing")
        refuses("jobs.evaluate_job.inputs.treshold", ["value": "1", "job_input_type": "literal"], "did you mean 'threshold'?")
        refuses(
            "jobs.evaluate_job.inputs.model.value", "${{parent.jobs.train_job.outputs.weights}}",
            "names no output of the step 'train_job'; known: model_folder")
        refuses("jobs.evaluate_job.inputs.model.value", "${{parent.jobs.trian.outputs.x}}", "names no step")
        refuses(
            "jobs.train_job.inputs.pipeline_epochs.value", "${{parent.jobs.evaluate_job.outputs.report}}",
            "in a circle: evaluate_job -> train_job -> evaluate_job")
        refuses("jobs.train_job.type", "spark", "Spark is not offered")
        refuses("jobs.train_job.componentId", "azureml:gone:1", "there is no component 'gone:1'")
        refuses("settings.default_compute", "azureml:gone", "there is no compute 'gone'")
        refuses("jobs", [:], "'jobs' is missing")
    }

    @Test("the client finds wrong bindings and circles before anything is sent") func client() {
        let problems = Job.problems(
            """
            type: pipeline
            inputs: {epochs: 1}
            jobs:
              a:
                component: azureml:x:1
                inputs: {n: "${{parent.inputs.epoch}}", m: "${{parent.jobs.b.outputs.o}}"}
              b:
                component: azureml:x@latest
                inputs: {m: "${{parent.jobs.a.outputs.o}}", k: "${{parent.jobs.c.outputs.o}}"}
              d:
                type: spark
                command: x
              e: {inputs: {}}
              f:
                command: echo ${{inputs.missing}}
            """)
        #expect(
            problems == [
                "4:3 the steps wait for each other in a circle: a -> b -> a; remove one binding",
                "6:17 'jobs.a.inputs.n': ${{parent.inputs.epoch}} names no input of the pipeline; did you mean 'epochs'?",
                "9:52 'jobs.b.inputs.k': ${{parent.jobs.c.outputs.o}} names no step; known: a, b, d, e, f",
                "11:11 'jobs.d.type': Spark is not offered by Martlet; write a command job",
                "13:6 'jobs.e' needs 'component' (azureml:NAME:VERSION or a file) or 'command'",
                "15:14 'jobs.f.command': ${{inputs.missing}} names no input; the job declares none",
            ])
    }

    @Test("a long chain is no circle, and a long circle is found") func graph() {
        var edges = Dictionary(uniqueKeysWithValues: (0..<20_000).map { ("n\($0)", Set(["n\($0 + 1)"])) })
        #expect(Graph(edges: edges).cycle() == nil)
        edges["n20000"] = ["n0"]
        #expect(Graph(edges: edges).cycle()?.count == 20_001)
        #expect(Graph(edges: ["a": ["a"]]).cycle() == ["a"])
        #expect(Graph(edges: ["a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []]).cycle() == nil)
    }
}

extension JSON {
    fileprivate mutating func put(_ value: JSON?, at path: [String]) {
        guard path.count > 1 else {
            self[path[0]] = value
            return
        }
        var inner = self[path[0]] ?? [:]
        inner.put(value, at: Array(path.dropFirst()))
        self[path[0]] = inner
    }
}
