import APIClient
import Commands
import Foundation
import Resources
import Testing

@Suite("The name az") struct AzureShimTests {
    static let client = """
        {"url":"https://127.0.0.1:1/","caFile":null,"identityEndpoint":"https://127.0.0.1:1/msi/token","identityHeader":"s'ecret",
         "workspace":{"subscription":"sub","resourceGroup":"group","name":"ws"}}
        """

    @Test("defaults are kept and used in the order flag, variable, configuration, project file, server")
    func defaults() async throws {
        let test = try TestTerminal()
        #expect(await test.run("/usr/bin/az", "configure", "--defaults", "group=g1", "workspace=w1") == 0)
        #expect(await test.run("az", "config", "set", "core.output=tsv") == 0)
        #expect(await test.run("az", "configure", "-l", "--query", "[].value") == 0)
        #expect(test.output == "g1\nw1\n")
        let server = WorkspaceID(subscription: "s0", resourceGroup: "g0", name: "w0")
        func workspace(_ group: String? = nil, _ environment: [String: String] = [:]) -> WorkspaceID {
            Defaults(environment: ["MARTLET_HOME": test.home.path]).workspace(
                subscription: nil, group: group, name: nil, environment: environment, directory: test.home.appending(path: "a/b").path,
                server: server)
        }
        try test.write(#"{"subscription_id":"s2","resource_group":"g2","workspace_name":"w2"}"#, to: "a/.azureml/config.json")
        try test.write("{}", to: "a/b/config.json")
        #expect(workspace() == WorkspaceID(subscription: "s2", resourceGroup: "g1", name: "w1"))
        #expect(workspace("g9", ["AZURE_DEFAULTS_WORKSPACE": "w8"]) == WorkspaceID(subscription: "s2", resourceGroup: "g9", name: "w8"))
        #expect(await test.run("az", "configure", "--defaults", "group=", "workspace=") == 0)
        #expect(workspace() == WorkspaceID(subscription: "s2", resourceGroup: "g2", name: "w2"))
        try FileManager.default.removeItem(at: test.home.appending(path: "a"))
        #expect(workspace() == server)
    }

    @Test("what scripts do before az ml works without a server")
    func account() async throws {
        let test = try TestTerminal()
        for line in [
            ["account", "show"], ["login"], ["extension", "add", "-n", "ml", "-y"], ["extension", "update", "--name", "ml"], ["version"],
        ] {
            let code = await Terminal.$current.withValue(test.terminal()) { await CommandRunner.run(["az"] + line, root: TestRoot.self) }
            #expect(code == 0, "\(line)")
        }
        #expect(await test.run("az", "account", "set", "--subscription", "mine") == 0)
        #expect(await test.run("az", "account", "show", "--query", "id", "-o", "tsv") == 0)
        #expect(test.output == "mine\n")
        #expect(await test.run("az", "ml", "job", "create") == 2)
        #expect(await test.run("az", "extension", "add", "-n", "other") == 1)
    }

    @Test("without a server every verb says what to do, on stderr, with 1")
    func noServer() async throws {
        let test = try TestTerminal()
        #expect(await test.run("martlet", "data", "list") == 1)
        #expect(test.output == "")
        #expect(test.error.hasPrefix("ERROR: no Martlet server is known") && test.error.contains("martlet serve"))
        try test.write(Self.client, to: "client.json")
        #expect(await test.run("martlet", "data", "show", "-n", "x") == 1)
        #expect(test.error == "ERROR: no Martlet server at https://127.0.0.1:1; start one with 'martlet serve'\n")
    }

    @Test("client-env prints what a shell can read")
    func environment() throws {
        let connection = ServerConnection(
            url: "https://127.0.0.1:1", caFile: nil, identityEndpoint: "https://127.0.0.1:1/msi/token", identityHeader: "s'ecret",
            workspace: .standard)
        let script = ClientEnvironment.script(ClientEnvironment.variables(connection, token: "t"))
        #expect(script.contains("export ARM_CLOUD_METADATA_URL='https://127.0.0.1:1/metadata/endpoints?api-version=2019-05-01'\n"))
        #expect(script.contains(#"export IDENTITY_HEADER='s'\''ecret'"#))
        #expect(script.contains("export MLFLOW_TRACKING_URI='https://127.0.0.1:1'\n"))
    }

    @Test("a job finds its server by its variables")
    func job() throws {
        let connection = try ServerConnection.discover(environment: [
            "ARM_CLOUD_METADATA_URL": "https://127.0.0.1:8443/metadata/endpoints?api-version=2019-05-01",
            "IDENTITY_ENDPOINT": "https://127.0.0.1:8443/msi/token",
            "IDENTITY_HEADER": "h", "REQUESTS_CA_BUNDLE": "/ca.crt", "AZUREML_ARM_WORKSPACE_NAME": "w",
        ])
        #expect(connection.url == "https://127.0.0.1:8443")
        #expect(connection.caFile == "/ca.crt")
        #expect(connection.workspace.name == "w")
    }
}
