import Foundation
import Kinds
import Resources
import Testing

/// What the server allows.
@Suite struct RulesTests {
    let store = StoredResources.fixtures

    func problem(
        _ kind: any ResourceKind.Type, _ name: String, version: String? = nil, parent: String? = nil, _ body: JSON,
        existing: Resource? = nil
    ) -> Problem? {
        do throws(Problem) {
            _ = try store.admit(kind, name, version: version, parent: parent, body, existing: existing)
            return nil
        } catch {
            return error
        }
    }

    func stored(_ proposal: Proposal) -> Resource {
        let date = Date(milliseconds: 0)
        return Resource(
            id: proposal.id, envelope: proposal.envelope, properties: proposal.properties,
            systemData: SystemData(createdAt: date, createdBy: "", lastModifiedAt: date, lastModifiedBy: ""))
    }

    @Test("a command job's references become full ARM ids of what exists") func references() throws {
        let proposal = try store.admit(
            Job.self, "run",
            [
                "properties": [
                    "jobType": "Command", "command": "echo ${{inputs.d}} ${{inputs.m}}", "environmentId": "azureml:detector-env@latest",
                    "computeId": "azureml:gpu-cluster",
                    "status": "Completed", "services": ["Studio": ["endpoint": "x"]],
                    "inputs": [
                        "d": ["jobInputType": "uri_folder", "uri": "azureml:shelf-photos@latest"],
                        "m": ["jobInputType": "custom_model", "uri": "azureml:shelf-detector:3"],
                    ],
                ]
            ])
        let base = WorkspaceID.standard.path
        #expect(proposal.properties["environmentId"] == .string("\(base)/environments/detector-env/versions/1"))
        #expect(proposal.properties["computeId"] == .string("\(base)/computes/gpu-cluster"))
        #expect(proposal.properties["inputs"]?["d"]?["uri"] == .string("\(base)/data/shelf-photos/versions/1"))
        #expect(proposal.properties["inputs"]?["m"]?["uri"] == .string("\(base)/models/shelf-detector/versions/3"))
        #expect(proposal.properties["status"] == nil)
        #expect(proposal.properties["displayName"] == "run")
        let job: CommandJob = try proposal.properties.decoded()
        #expect(job.environmentId != nil)
    }

    @Test("a job without compute, on 'local' or on 'serverless' runs on this machine") func local() throws {
        for compute in [nil, "local", "azureml:local", "\(WorkspaceID.standard.path)/computes/serverless"] as [String?] {
            let proposal = try store.admit(
                Job.self, "run", ["properties": ["jobType": "Command", "command": "echo", "computeId": JSON(compute)]])
            #expect(proposal.properties["computeId"] == .string("\(WorkspaceID.standard.path)/computes/local"))
            #expect(Job.references(in: proposal.properties, workspace: .standard).isEmpty)
        }
    }

    @Test("all that is missing is said at once") func missing() {
        let found = problem(
            Job.self, "run",
            [
                "properties": [
                    "jobType": "Command", "command": "echo ${{inputs.x}}", "environmentId": "azureml:gone:1", "computeId": "azureml:gone",
                    "codeId": "azureml:gone:2",
                    "inputs": [
                        "y": ["jobInputType": "uri_file", "uri": "azureml://datastores/gone/paths/x"], "z": ["jobInputType": "tape"],
                    ],
                ]
            ])
        #expect(found?.details.count == 6)
        #expect(found?.description.contains("there is no environment 'gone:1'") == true)
        #expect(found?.description.contains("there is no datastore 'gone'") == true)
    }

    @Test("AutoML and Spark jobs are refused by name") func refused() {
        #expect(problem(Job.self, "run", ["properties": ["jobType": "AutoML"]])?.code == .unsupported)
        #expect(problem(Job.self, "run", ["properties": ["jobType": "Spark"]])?.code == .unsupported)
        #expect(problem(Job.self, "run", ["properties": ["jobType": "Dance"]])?.code == .invalidInput)
        #expect(problem(Job.self, "run", [:])?.code == .invalidInput)
    }

    @Test("a job's words may change, what it is may not") func jobChanges() throws {
        let first = try store.admit(Job.self, "run", ["properties": ["jobType": "Command", "command": "echo"]])
        var body: JSON = ["properties": first.properties]
        body["properties"]?["tags"] = ["a": 1]
        body["properties"]?["status"] = "Completed"
        let second = try store.admit(Job.self, "run", body, existing: stored(first))
        #expect(second.properties["tags"] == ["a": "1"])
        #expect(second.properties["status"] == nil)
        body["properties"]?["command"] = "rm"
        #expect(problem(Job.self, "run", body, existing: stored(first))?.code == .conflict)
    }

    @Test(
        "a version's content is for ever; its labels are not",
        arguments: [
            ("data", ["dataType": "uri_folder", "dataUri": "azureml://datastores/workspaceblobstore/paths/a/"], "dataUri"),
            ("models", ["modelType": "custom_model", "modelUri": "azureml://datastores/workspaceblobstore/paths/a/"], "modelUri"),
            ("environments", ["image": "a"], "image"),
            ("codes", ["codeUri": "https://x/y"], "codeUri"),
        ] as [(String, JSON, String)])
    func immutable(path: String, properties: JSON, key: String) throws {
        let kind = try #require(AllKinds.kind(path: path))
        let first = try store.admit(kind, "thing", version: "1", ["properties": properties])
        let labels = try store.admit(
            kind, "thing", version: "1", ["properties": ["tags": ["a": true], "isArchived": true]], existing: stored(first))
        #expect(labels.properties[key] == first.properties[key])
        #expect(labels.properties["tags"] == ["a": "true"])
        var changed = properties
        changed[key] = "azureml://datastores/workspaceblobstore/paths/b/"
        let conflict = problem(kind, "thing", version: "1", ["properties": changed], existing: stored(first))
        #expect(conflict?.code == .conflict)
        #expect(conflict?.message.contains("create a new version") == true)
    }

    @Test("a component's command is for ever; its words are not") func component() throws {
        let spec: JSON = [
            "type": "command", "command": "echo ${{inputs.a}}", "inputs": ["a": ["type": "string"]],
            "environment": "azureml:detector-env:1",
        ]
        let first = try store.admit(ComponentAsset.self, "echo", version: "1", ["properties": ["componentSpec": spec]])
        #expect(
            first.properties["componentSpec"]?["environment"]
                == .string("azureml:\(WorkspaceID.standard.path)/environments/detector-env/versions/1"))
        #expect(first.properties["componentSpec"]?["version"] == "1")
        var body: JSON = ["properties": first.properties]
        body["properties"]?["componentSpec"]?["description"] = "says it"
        _ = try store.admit(ComponentAsset.self, "echo", version: "1", body, existing: stored(first))
        body["properties"]?["componentSpec"]?["command"] = "other ${{inputs.a}}"
        #expect(problem(ComponentAsset.self, "echo", version: "1", body, existing: stored(first))?.code == .conflict)
        #expect(
            problem(ComponentAsset.self, "echo", version: "1", ["properties": ["componentSpec": ["type": "spark"]]])?.code == .unsupported)
    }

    @Test("the same conda file in other words is the same environment") func conda() throws {
        let first = try store.admit(
            EnvironmentAsset.self, "env", version: "1", ["properties": ["image": "i", "condaFile": "a: 1\nb: [x]\n"]])
        let same = try store.admit(
            EnvironmentAsset.self, "env", version: "1", ["properties": ["image": "i", "condaFile": "# again\nb:\n- x\na: 1\n"]],
            existing: stored(first))
        #expect(same.properties["condaFile"] == "a: 1\nb: [x]\n")
        #expect(
            problem(
                EnvironmentAsset.self, "env", version: "1", ["properties": ["image": "i", "condaFile": "a: 2\n"]], existing: stored(first))?
                .code == .conflict)
        #expect(
            problem(EnvironmentAsset.self, "env", version: "2", ["properties": ["image": "i", "condaFile": "a: [\n"]])?.code
                == .invalidInput)
    }

    @Test(
        "a model from a job's output lies where the job wrote it",
        arguments: [
            (
                "azureml://jobs/calm_fig_0123456789/outputs/artifacts/paths/model/",
                "workspaceartifactstore/paths/ExperimentRun/dcid.calm_fig_0123456789/model/"
            ),
            (
                "azureml://jobs/calm_fig_0123456789/outputs/artifacts/paths/weights/",
                "workspaceblobstore/paths/azureml/calm_fig_0123456789/weights/"
            ),
            (
                "azureml://jobs/calm_fig_0123456789/outputs/weights/paths/best.pt",
                "workspaceblobstore/paths/azureml/calm_fig_0123456789/weights/best.pt"
            ),
            ("azureml://jobs/calm_fig_0123456789/outputs/weights", "workspaceblobstore/paths/azureml/calm_fig_0123456789/weights/"),
            ("runs:/calm_fig_0123456789/model", "workspaceartifactstore/paths/ExperimentRun/dcid.calm_fig_0123456789/model"),
        ])
    func modelPlace(uri: String, place: String) throws {
        let proposal = try store.admit(ModelAsset.self, "m", version: "1", ["properties": ["modelUri": .string(uri)]])
        #expect(proposal.properties["modelUri"]?.stringValue?.hasSuffix("/datastores/" + place) == true, "\(proposal.properties)")
        #expect(ModelAsset.references(in: proposal.properties, workspace: .standard).map(\.name) == ["calm_fig_0123456789"])
    }

    @Test("models from nowhere and of unknown types are refused") func models() {
        #expect(
            problem(ModelAsset.self, "m", version: "1", ["properties": ["modelUri": "azureml://jobs/gone/outputs/artifacts/paths/x"]])?.code
                == .notFound)
        #expect(
            problem(
                ModelAsset.self, "m", version: "1",
                ["properties": ["modelUri": "azureml://jobs/calm_fig_0123456789/outputs/nope/paths/x"]])?
                .code == .notFound)
        let type = problem(ModelAsset.self, "m", version: "1", ["properties": ["modelUri": "https://x", "modelType": "onnx_model"]])
        #expect(type?.message.contains("custom_model, mlflow_model, triton_model") == true)
        #expect(problem(ModelAsset.self, "bad:name", version: "1", ["properties": ["modelUri": "https://x"]])?.target == "name")
    }

    @Test("traffic goes to deployments that exist, and adds up") func traffic() {
        func lines(_ properties: JSON) -> String {
            problem(OnlineEndpoint.self, "shelf-endpoint", ["properties": properties])?.description ?? ""
        }
        #expect(lines(["traffic": ["blue": 50, "green": 50]]) == "")
        #expect(lines(["traffic": ["blue": 0]]) == "")
        #expect(lines(["traffic": ["blue": 60]]).contains("add up to 60"))
        #expect(lines(["traffic": ["red": 100]]).contains("'red', which does not exist; it has blue, green"))
        #expect(lines(["traffic": ["blue": 9_223_372_036_854_775_807, "green": 9_223_372_036_854_775_807]]).contains("from 0 to 100"))
        #expect(lines(["traffic": ["blue": 100], "mirrorTraffic": ["blue": 10]]).contains("has live traffic"))
        #expect(lines(["traffic": ["blue": 100], "mirrorTraffic": ["green": 60]]).contains("from 0 to 50"))
        #expect(lines(["authMode": "password"]).contains("'authMode' must be"))
        #expect(problem(OnlineEndpoint.self, "a--b", [:])?.target == "name")
    }

    @Test("a deployment with traffic stays, one without goes") func deletion() throws {
        let blue = try #require(store.resources.values.first { $0.id.name == "blue" })
        let problem = try #require(throws: Problem.self) { try OnlineDeployment.mayDelete(blue, lookup: store) }
        #expect(problem.code == .conflict)
        var quiet = store
        quiet.put("onlineEndpoints", "shelf-endpoint", ["traffic": ["green": 100]])
        try OnlineDeployment.mayDelete(blue, lookup: quiet)
    }

    @Test("a deployment needs its endpoint, model and environment") func deployment() {
        let found = problem(
            OnlineDeployment.self, "blue", parent: "gone",
            [
                "sku": ["capacity": 100],
                "properties": [
                    "model": "azureml:gone:1", "environmentId": "azureml:gone:1",
                    "codeConfiguration": ["codeId": "azureml:detector-code:1"],
                ],
            ])
        #expect(found?.details.count == 5, "\(String(describing: found))")
        #expect(problem(OnlineDeployment.self, "blue", parent: "shelf-endpoint", [:])?.message.contains("needs 'model'") == true)
    }

    @Test("secrets stay in the house") func secrets() throws {
        let body = try Datastore.draft("name: d\ntype: azure_blob\ncontainer_name: c\ncredentials: {account_key: c2VjcmV0}\n").body
        #expect(body["properties"]?["credentials"]?["secrets"]?["key"] == "c2VjcmV0")
        let proposal = try store.admit(Datastore.self, "d", body)
        let shown = Datastore.present(proposal.properties, of: stored(proposal))
        #expect(!shown.text().contains("c2VjcmV0"))
        let face = Datastore.face(of: ["id": .string(proposal.id.path), "properties": shown])
        #expect(face["credentials"] == nil)
        let again = try store.admit(Datastore.self, "d", ["properties": shown], existing: stored(proposal))
        #expect(again.properties["credentials"]?["secrets"]?["key"] == "c2VjcmV0")
    }

    @Test("official clients find what they dereference") func present() throws {
        func shown(_ kind: any ResourceKind.Type, _ name: String, version: String? = nil) throws -> JSON {
            let id = ResourceID(workspace: .standard, kind: kind.path, name: name, version: version)
            let date = Date(milliseconds: 0)
            return kind.present(
                [:], of: Resource(id: id, systemData: SystemData(createdAt: date, createdBy: "", lastModifiedAt: date, lastModifiedBy: "")))
        }
        #expect(try shown(ModelAsset.self, "m", version: "1")["flavors"] == [:])
        #expect(try shown(OnlineDeployment.self, "d")["scaleSettings"] == ["scaleType": "Default"])
        #expect(try shown(BatchEndpoint.self, "e")["defaults"] == [:])
        #expect(try shown(EnvironmentAsset.self, "e", version: "1")["environmentType"] == "UserCreated")
        let services = try shown(Job.self, "j")["services"]
        #expect(services?["Studio"]?["jobServiceType"] == "Studio")
        #expect(services?["Tracking"] != nil)
    }

    @Test("a schedule fires a job that would be admitted now") func schedule() throws {
        let trigger: JSON = ["triggerType": "Cron", "expression": "0 3 * * 1"]
        let body: JSON = [
            "properties": [
                "trigger": trigger,
                "action": [
                    "actionType": "CreateJob",
                    "jobDefinition": ["jobType": "Pipeline", "sourceJobId": .string("\(WorkspaceID.standard.path)/jobs/gone")],
                ],
            ]
        ]
        #expect(problem(Schedule.self, "weekly", body)?.code == .notFound)
        #expect(
            problem(
                Schedule.self, "weekly",
                ["properties": ["trigger": trigger, "action": ["actionType": "CreateJob", "jobDefinition": ["jobType": "Command"]]]])?
                .message.contains("'command' is missing") == true)
    }

    @Test(
        "cron fields as cron reads them",
        arguments: [
            ("0 3 * * 1", true), ("*/15 0-6,20 1,15 JAN-MAR MON", true), ("0 0 31 2 7", true), ("60 * * * *", false), ("* * * *", false),
            ("*/0 * * * *", false),
            ("5-1 * * * *", false), ("a * * * *", false), ("1,,2 * * * *", false),
        ])
    func cron(text: String, isGood: Bool) { #expect((CronFields.fault(in: text) == nil) == isGood) }

    @Test(
        "durations travel as ISO 8601", arguments: [(0, "PT0S"), (120, "PT2M"), (5400, "PT1H30M"), (86_400, "P1D"), (90_061, "P1DT1H1M1S")])
    func durations(seconds: Int, text: String) {
        #expect(ISODuration.text(seconds: Int64(seconds)) == text)
        #expect(ISODuration.seconds(text) == Int64(seconds))
        #expect(ISODuration.seconds("P1Y") == nil)
        #expect(ISODuration.seconds("PT99999999999999999999S") == nil)
        #expect(ISODuration.milliseconds("PT1.5S") == 1500)
    }
}
