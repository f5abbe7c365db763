import ArgumentParser
import Commands
import Foundation
import Kinds
import Resources
import Testing

@Suite("Command lines") struct ParsingTests {
    @Test(
        "what CI scripts write is understood",
        arguments: [
            "job create -f job.yml --query name -o tsv",
            "job create --file job.yml --set settings.force_rerun=True --set experiment_name=x --stream --web",
            "job create -f job.yml --set a.b=1 c=2 -g group -w workspace --subscription s -o json",
            "job create -f train_job.yml --resource-group rg --workspace-name ws --only-show-errors --verbose",
            "job show -n run1 --query status -o tsv", "job show -n run1 --query services.Studio.endpoint",
            "job list --max-results 5 -o table", "job list --parent-job-name p --query [].name -o tsv", "job cancel -n run1",
            "job stream -n run1",
            "job download -n run1 --all -p out", "job download -n run1 --output-name model --download-path .", "job archive -n run1",
            "online-endpoint show -n e --query provisioning_state -o tsv", "online-endpoint show -n e --query scoring_uri -o tsv",
            "online-endpoint get-credentials -n e --query primaryKey -o tsv", "online-endpoint update -n e --traffic blue=90 green=10",
            "online-endpoint invoke -n e --request-file r.json --deployment-name blue", "online-endpoint delete -n e --yes --no-wait",
            "online-endpoint create -n e -f e.yml --auth-mode key", "online-endpoint regenerate-keys -n e --key-type secondary",
            "online-deployment create -e e -n blue -f d.yml --all-traffic", "online-deployment create -f d.yml --all-traffic -g rg -w ws",
            "online-deployment get-logs -e e -n blue --lines 100", "online-deployment delete -n blue --endpoint-name e --yes",
            "online-deployment update -n blue -e e --set instance_count=2",
            "data create -f image_data.yml --resource-group rg --workspace-name ws", "data create -n d -v 1 -p ./x -t uri_folder",
            "data show -n d -l latest", "data archive -n d --version 2", "data list -n d --include-archived",
            "model create -n m -v 3 -p azureml://jobs/j/outputs/o/paths/ -t custom_model", "model download -n m -v 1 -p out",
            "model show -n m --label latest",
            "environment create -f e.yml", "environment create -n e -i image -c conda.yml", "component create -f c.yml --version 2",
            "compute create -n cpu -t amlcompute --min-instances 0 --max-instances 2 --idle-time-before-scale-down 120",
            "compute stop -n ci",
            "workspace show", "workspace list-keys -n w", "workspace list -o table", "datastore list", "schedule disable -n s --no-wait",
            "data create -f d.yml --acquire-policy-token --change-reference x", "client-env -o json",
            "configure --defaults group=g workspace=w",
        ])
    func idioms(line: String) throws {
        _ = try TestRoot.parseAsRoot(line.split(separator: " ").map(String.init))
    }

    @Test(
        "a wrong command line ends with 2 and says why",
        arguments: [
            (["job", "create"], "--file/-f"), (["data", "show"], "--name/-n"), (["data", "nonsense"], "nonsense"),
            (["nonsense"], "nonsense"),
            (["job", "show", "-n", "x", "--version", "1"], "no versions"),
            (["online-deployment", "show", "-n", "blue"], "--endpoint-name"),
            (["data", "show", "-n", "x", "-v", "1", "-l", "latest"], "exclude"), (["data", "show", "-n", "x", "-l", "prod"], "latest"),
            (["data", "list", "-o", "xml"], "xml"), (["data", "list", "--query", "a["], "JMESPath"),
            (["online-endpoint", "update", "-n", "e", "--traffic", "blue"], "="),
            (["online-endpoint", "update", "-n", "e", "--traffic", "blue=x"], "percentage"),
            (["online-deployment", "create", "-f", "x.yml", "--local"], "--local"),
            (["job", "list", "--archived-only", "--include-archived"], "exclude"),
        ])
    func wrong(words: [String], expected: String) async throws {
        let test = try TestTerminal()
        let code = await Terminal.$current.withValue(test.terminal()) { await CommandRunner.run(["martlet"] + words, root: TestRoot.self) }
        #expect(code == 2)
        #expect(test.error.hasPrefix("ERROR: ") && test.error.contains(expected), "\(test.error)")
        #expect(test.output == "")
    }

    @Test("every verb of every noun has help")
    func help() async throws {
        let test = try TestTerminal()
        func visit(_ command: any ParsableCommand.Type, _ path: [String]) async {
            for inner in command.configuration.subcommands {
                await visit(inner, path + [inner.configuration.commandName ?? "?"])
            }
            let code = await Terminal.$current.withValue(test.terminal()) {
                await CommandRunner.run(path + ["--help"], root: TestRoot.self)
            }
            #expect(code == 0, "\(path)")
        }
        await visit(TestRoot.self, ["martlet"])
        await visit(AzureCommand.configuration.subcommands[1], ["az", "configure"])
        #expect(test.output.contains("USAGE: martlet online-deployment get-logs"))
        #expect(await test.run("az", "ml", "registry", "list") == 1)
        #expect(test.error.contains("not offered"))
    }

    @Test("--set changes the document that is sent, several to a flag")
    func setting() throws {
        let test = try TestTerminal()
        try test.write(
            "command: echo ${{inputs.epochs}}\nenvironment: azureml:e:1\ncompute: azureml:cpu\ninputs: {epochs: 1}\n", to: "job.yml")
        let command = try TestRoot.parse(
            "job create -f job.yml -n mine --set inputs.epochs=5 experiment_name=exp --set tags.team=a", as: JobCreate.self)
        let draft = try command.draft(.standard, terminal: test.terminal(["AZUREML_GIT_COMMIT": "abc"]))
        #expect(draft.name == "mine")
        let properties = draft.body["properties"] ?? .null
        #expect(properties.value(at: "inputs", "epochs", "value") == "5")
        #expect(properties["experimentName"] == "exp")
        let plain = try TestRoot.parse("job create -f job.yml", as: JobCreate.self).draft(.standard, terminal: test.terminal())
        #expect(plain.body.value(at: "properties", "experimentName")?.stringValue == test.home.lastPathComponent)
        #expect(properties.value(at: "tags", "team") == "a")
        #expect(properties.value(at: "properties", "azureml.git.commit") == "abc")
    }

    @Test("flags alone make an asset; a flag's path is seen from the working folder")
    func flags() throws {
        let test = try TestTerminal()
        try test.write("x", to: "weights/m.onnx")
        let command = try TestRoot.parse(
            "model create -n m -p weights -t custom_model -d text --tags a=1 b=2", as: Create<ModelAsset, AssetFlags>.self)
        let draft = try command.draft(.standard, terminal: test.terminal())
        #expect(draft.name == "m")
        #expect(draft.version == nil)
        #expect(draft.uploads.map(\.path) == [test.home.appending(path: "weights").path])
        #expect(draft.body.value(at: "properties", "tags") == ["a": "1", "b": "2"])
    }

    @Test("addresses follow the kind")
    func addresses() throws {
        let deployment = try TestRoot.parse("online-deployment show -n blue -e shop", as: Show<OnlineDeployment>.self)
        #expect(
            try deployment.resource.target(OnlineDeployment.self, workspace: .standard).path.hasSuffix(
                "/onlineEndpoints/shop/deployments/blue"))
        let versions = try TestRoot.parse("data list -n photos --archived-only", as: List<DataAsset>.self)
        #expect(try versions.path(.standard) == WorkspaceID.standard.path + "/data/photos/versions?listViewType=ArchivedOnly")
        let workspaces = try TestRoot.parse("workspace list", as: List<WorkspaceKind>.self)
        #expect(try workspaces.path(.standard).hasSuffix("/providers/Microsoft.MachineLearningServices/workspaces?listViewType=ActiveOnly"))
    }

    @Test("traffic in one argument or several")
    func traffic() throws {
        let update = try TestRoot.parse("online-endpoint update -n e --traffic blue=90 green=10", as: Update<OnlineEndpoint>.self)
        #expect(try update.trafficWeights(update.traffic, flag: "--traffic") == ["blue": 90, "green": 10])
        #expect(try update.trafficWeights(["blue=90 green=10"], flag: "--traffic") == ["blue": 90, "green": 10])
    }

    @Test("downloads know where files come from and go")
    func downloads() throws {
        let job: JSON = ["properties": ["outputs": ["model": ["uri": "azureml://datastores/d/paths/x/"], "default": [:]]]]
        let all = try TestRoot.parse("job download -n j --all", as: JobDownload.self).places(of: job)
        #expect(all.map(\.folder) == ["artifacts", "named-outputs/model"])
        #expect(all.map(\.place.path) == ["ExperimentRun/dcid.j/", "x/"])
        let wrong = try TestRoot.parse("job download -n j --output-name other", as: JobDownload.self)
        #expect(throws: Problem.self) { try wrong.places(of: job) }
    }
}

@Suite("Changes") struct ChangeTests {
    @Test(
        "a patch holds the difference and nothing else",
        arguments: [
            ("{}", "{}", nil), (#"{"a":1,"b":{"c":2,"d":3}}"#, #"{"a":1,"b":{"c":2,"d":4}}"#, #"{"b":{"d":4}}"#),
            (#"{"a":1}"#, "{}", #"{"a":null}"#),
            (#"{"a":[1]}"#, #"{"a":[1,2]}"#, #"{"a":[1,2]}"#), ("{}", #"{"a":{"b":1}}"#, #"{"a":{"b":1}}"#),
        ])
    func patch(before: String, after: String, expected: String?) throws {
        let (before, after) = (try JSON(parsing: before), try JSON(parsing: after))
        let patch = before.patch(to: after)
        #expect(patch?.text() == expected)
        if let patch { #expect(before.merging(patch) == after) }
    }

    @Test("a pointer leads through objects and lists")
    func pointer() {
        var body: JSON = ["properties": ["jobs": ["a": [["code": ""]]]]]
        body.set("id", at: ["properties", "jobs", "a", "0", "code"])
        body.set(1, at: ["new", "place"])
        #expect(body == ["properties": ["jobs": ["a": [["code": "id"]]]], "new": ["place": 1]])
    }
}
