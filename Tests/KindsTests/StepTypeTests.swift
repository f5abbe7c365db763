import Foundation
import Kinds
import Resources
import Testing

/// Sweep, parallel and pipeline steps, from the document to what the server admits.
@Suite struct StepTypeTests {
    private static let train = """
        name: train
        type: command
        command: python train.py --lr ${{inputs.lr}} --data ${{inputs.data}} --out ${{outputs.model}}
        environment: azureml:detector-env:1
        inputs:
          lr: {type: number}
          data: {type: uri_folder}
        outputs:
          model: {type: uri_folder}
        """

    private static let document = """
        type: pipeline
        inputs:
          photos: {type: uri_folder, path: azureml:shelf-photos:1}
          where: gpu-cluster
        outputs:
          best: {type: custom_model}
        jobs:
          search:
            type: sweep
            trial: ./train.yml
            compute: ${{parent.inputs.where}}
            inputs: {data: "${{parent.inputs.photos}}"}
            outputs: {model: "${{parent.outputs.best}}"}
            sampling_algorithm: bayesian
            search_space:
              lr: {type: loguniform, min_value: -6, max_value: -1}
            objective: {goal: Minimize, primary_metric: loss}
            limits: {max_total_trials: 4, max_concurrent_trials: 2, timeout: 7200}
            early_termination: {type: bandit, slack_factor: 0.1, evaluation_interval: 2}
          score:
            type: parallel
            inputs: {images: "${{parent.inputs.photos}}", model: "${{parent.jobs.search.outputs.model}}"}
            outputs: {rows: {type: uri_file}}
            mini_batch_size: "5"
            partition_keys: [store]
            max_concurrency_per_instance: 2
            input_data: ${{inputs.images}}
            task:
              type: run_function
              entry_script: score.py
              environment: azureml:detector-env:1
              program_arguments: --model ${{inputs.model}}
              append_row_to: ${{outputs.rows}}
          inner:
            type: pipeline
            inputs: {rows: "${{parent.jobs.score.outputs.rows}}"}
            outputs: {report: {type: uri_folder}}
            jobs:
              report:
                command: python report.py ${{inputs.rows}} ${{outputs.report}}
                inputs: {rows: "${{parent.inputs.rows}}"}
                outputs: {report: "${{parent.outputs.report}}"}
        """

    private static func draft(_ text: String = document) throws -> Draft {
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-steps-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try train.write(to: folder.appending(path: "train.yml"), atomically: true, encoding: .utf8)
        return try Job.draft(text, directory: folder.path)
    }

    /// The store with the draft's inner components in it.
    private static func store(_ draft: Draft) throws(Problem) -> StoredResources {
        var store = StoredResources.fixtures
        for asset in draft.inlineAssets {
            let inner = try self.store(asset.draft)
            store.resources.merge(inner.resources) { $1 }
            var drafted = asset.draft
            drafted.body = drafted.sent
            let proposal = try store.admit(
                ComponentAsset.self, "azureml_anonymous", version: drafted.version ?? drafted.contentVersion, drafted.body)
            store.put("components", proposal.id.name, version: proposal.id.version, proposal.properties)
        }
        return store
    }

    @Test("each type of step becomes what Azure's clients send") func bodies() throws {
        let draft = try Self.draft()
        let jobs = try #require(draft.body["properties"]?["jobs"])
        let search = try #require(jobs["search"])
        #expect(search["type"] == "sweep")
        #expect(search["computeId"] == "${{parent.inputs.where}}")
        #expect(search["sampling_algorithm"] == "bayesian")
        #expect(search["search_space"] == ["lr": ["type": "loguniform", "min_value": -6, "max_value": -1]])
        #expect(search["objective"] == ["goal": "minimize", "primary_metric": "loss"])
        #expect(search["limits"] == ["job_limits_type": "Sweep", "max_total_trials": 4, "max_concurrent_trials": 2, "timeout": 7200])
        #expect(search["early_termination"] == ["policy_type": "Bandit", "slack_factor": 0.1, "evaluation_interval": 2])
        let score = try #require(jobs["score"])
        #expect(score["mini_batch_size"] == "5" && score["partition_keys"] == "[\"store\"]")
        #expect(jobs["inner"]?["type"] == "pipeline")
        #expect(
            Set(draft.inlineAssets.map(\.pointer)) == [
                ["properties", "jobs", "search", "trial", "componentId"], ["properties", "jobs", "score", "componentId"],
                ["properties", "jobs", "inner", "componentId"],
            ])
        let parallel = try #require(draft.inlineAssets.first { $0.pointer.contains("score") }?.draft.body["properties"]?["componentSpec"])
        #expect(parallel["type"] == "parallel" && parallel[path: ["task", "entry_script"]] == "score.py")
        #expect(parallel["inputs"] == ["images": ["type": "uri_folder"], "model": ["type": "uri_folder"]])
        let inner = try #require(draft.inlineAssets.first { $0.pointer.contains("inner") })
        #expect(inner.draft.body[path: ["properties", "componentSpec", "jobs", "report", "type"]] == "command")
    }

    @Test("the server admits them, and knows what they refer to") func admitted() throws {
        let draft = try Self.draft()
        let proposal = try Self.store(draft).admit(Job.self, "run", draft.sent)
        let ids = Job.references(in: proposal.properties, workspace: .standard).filter { $0.kind == "components" }
        #expect(Set(ids).count == 3)
        let graph: PipelineJob = try proposal.properties.decoded()
        #expect(graph.jobs["search"]?.type == "sweep")
        #expect(graph.jobs.values.allSatisfy { ResourceID(path: $0.component)?.kind == "components" })
        let sweep: SweepJob = try Job.sweepProperties(ofStep: proposal.properties[path: ["jobs", "search"]] ?? [:])
            .merging(["trial": ["command": "x"]]).decoded()
        #expect(sweep.searchSpace == ["lr": ["loguniform", [-6, -1]]])
        #expect(sweep.limits?.timeout == "PT2H" && sweep.objective.goal == "Minimize")
        #expect(sweep.samplingAlgorithm?.samplingAlgorithmType == "Bayesian")
        #expect(sweep.earlyTermination?["policyType"] == "Bandit")
    }

    @Test("a job made of a pipeline component gets its steps and defaults") func component() throws {
        var store = StoredResources.fixtures
        let spec = try ComponentAsset.draft(
            """
            name: nightly
            type: pipeline
            inputs: {n: {type: integer, default: 3}, d: {type: uri_folder}}
            outputs: {o: {type: uri_folder}}
            jobs:
              one: {component: azureml:inner:1, inputs: {n: "${{parent.inputs.n}}"}, outputs: {o: "${{parent.outputs.o}}"}}
            """)
        store.put(
            "components", "inner", version: "1",
            ["componentSpec": ["type": "command", "command": "x", "inputs": ["n": ["type": "integer"]], "outputs": ["o": ["type": "uri_folder"]]]])
        let stored = try store.admit(ComponentAsset.self, "nightly", version: "1", spec.body)
        store.put("components", "nightly", version: "1", stored.properties)
        let job = try Job.draft(
            "type: pipeline\ncomponent: azureml:nightly:1\ninputs:\n  d: {type: uri_folder, path: azureml:shelf-photos:1}\n")
        let admitted = try store.admit(Job.self, "run", job.body)
        #expect(admitted.properties[path: ["jobs", "one", "type"]] == "command")
        #expect(admitted.properties[path: ["inputs", "n", "value"]] == "3")
        #expect(admitted.properties[path: ["outputs", "o", "jobOutputType"]] == "uri_folder")
        let missing = try Job.draft("type: pipeline\ncomponent: azureml:nightly:1\n")
        #expect { try store.admit(Job.self, "run", missing.body) } throws: { "\($0)".contains("inputs.d") }
    }

    @Test("what is wrong with them is said where it stands") func problems() {
        let found = Job.problems(
            """
            type: pipeline
            jobs:
              a: {type: sweep, search_space: {}}
              b: {type: dance, command: x}
              c: {type: parallel}
              d: {type: spark, command: x}
              e: {command: echo, compute: "${{parent.inputs.nowhere}}"}
            """)
        #expect(found.contains { $0.hasPrefix("3:6 'jobs.a' needs 'trial'") })
        #expect(found.contains { $0.hasPrefix("4:13 'jobs.b.type': 'dance' is not allowed; allowed: command, pipeline, parallel, sweep") })
        #expect(found.contains { $0.hasPrefix("5:6 'jobs.c' needs 'component' (azureml:NAME:VERSION or a file) or 'task'") })
        #expect(found.contains { $0.hasPrefix("6:13 'jobs.d.type': Spark is not offered") })
        #expect(found.contains { $0.hasPrefix("7:") && $0.contains("names no input of the pipeline") })
        #expect(found.count == 5, "\(found)")
    }
}

/// What `job validate` says.
@Suite struct JobForecastTests {
    private func forecast(_ text: String, directory: String? = nil) throws -> JobForecast {
        let document = try YAMLDocument(text: text, file: "job.yml", directory: directory)
        return JobForecast(try Job.draft(from: document, workspace: .standard), document: document)
    }

    @Test("steps are told in the order in which they run") func order() throws {
        let plan = try forecast(
            """
            type: pipeline
            jobs:
              late: {command: "cat ${{parent.jobs.early.outputs.o}}"}
              early: {command: "echo > ${{outputs.o}}", outputs: {o: {type: uri_folder}}}
            """
        ).plan
        #expect(plan.contains("first: early") && plan.contains("then, with their results: late"))
    }

    @Test("a '#' in a folded command is found, one in quotes or on a line of its own is not") func comments() throws {
        let warnings = try forecast("command: >-\n  python a.py # the first\n  --epochs 3\n").warnings
        #expect(warnings.count == 1)
        #expect(warnings[0].message.contains("the first --epochs 3") && warnings[0].location?.line == 1)
        #expect(try forecast("command: echo '# no' a#b\n").warnings.isEmpty)
        #expect(try forecast("command: |\n  # whole line\n  echo\n").warnings.isEmpty)
    }

    @Test("outputs and inputs that the command never names are found") func unused() throws {
        let messages = try forecast(
            "command: echo ${{inputs.a}}\ninputs: {a: 1, b: 2}\noutputs: {o: {type: uri_folder}}\n"
        ).warnings.map(\.message)
        #expect(messages.count == 2)
        #expect(messages.contains { $0.contains("output 'o'") } && messages.contains { $0.contains("input 'b'") })
    }

    @Test("a scoring script that returns a tuple is found, on its line") func tuples() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-forecast-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try "def init():\n    pass\n\ndef other():\n    return 1, 400\n\ndef run(data):\n    if not data:\n        return {'a': 1}, 400\n    return [1, 200]\n"
            .write(to: folder.appending(path: "score.py"), atomically: true, encoding: .utf8)
        let warnings = try forecast("command: python score.py\ncode: .\n", directory: folder.path).warnings
        #expect(warnings.map { $0.location?.line } == [9])
    }
}
