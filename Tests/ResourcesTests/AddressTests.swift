import Resources
import Testing

@Suite("Addresses and references")
struct AddressTests {
    private let workspace = WorkspaceID(subscription: "s", resourceGroup: "g", name: "w")

    @Test("an id survives the way through its ARM path")
    func paths() {
        let ids = [
            ResourceID(workspace: workspace, kind: "jobs", name: "lucid_glove"),
            ResourceID(workspace: workspace, kind: "models", name: "detector", version: "3"),
            ResourceID(workspace: workspace, kind: "onlineEndpoints/deployments", parent: "shop", name: "blue"),
        ]
        for id in ids {
            #expect(ResourceID(path: id.path) == id)
            #expect(ResourceID(path: "azureml:" + id.path) == id)
        }
        #expect(ResourceID(path: "/subscriptions/s/resourcegroups/g/providers/x/workspaces/W/jobs/j")?.workspace == workspace)
        #expect(ResourceID(path: "/subscriptions/s") == nil)
    }

    @Test("every way to point at something is told apart")
    func references() {
        let cases: [(String, AssetReference)] = [
            ("azureml:a:1", .versioned(name: "a", version: "1")), ("azureml:a@latest", .labelled(name: "a", label: "latest")),
            ("azureml:cpu", .bare(name: "cpu")), ("runs:/r/m/x", .run(id: "r", path: "m/x")),
            ("models:/m/2", .registeredModel(name: "m", version: "2")),
            ("azureml://jobs/j/outputs/o/paths/p/q", .jobOutput(job: "j", output: "o", path: "p/q")),
            ("azureml://datastores/d/paths/a/b/", .datastore(DatastorePath(datastore: "d", path: "a/b/"))),
            ("azureml://registries/r/components/c/versions/4", .registry(name: "r", collection: "components", asset: "c", version: "4")),
            ("https://x/y", .web("https://x/y")), ("../src", .local("../src")),
        ]
        for (text, expected) in cases { #expect(AssetReference(text) == expected, "\(text)") }
        let long = "azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/d/paths/x"
        #expect(DatastorePath(long)?.longURI(in: workspace) == long)
    }

    @Test("names follow Azure's rules")
    func names() {
        #expect(ResourceName.isValidAsset("a-b_c.1"))
        for bad in ["", "-a", "a/b", "a b", "é", String(repeating: "a", count: 256)] { #expect(!ResourceName.isValidAsset(bad), "\(bad)") }
        #expect(ResourceName.isValidEndpoint("fridge-detector"))
        for bad in ["ab", "1abc", "a--b", "abc-", "a_bc"] { #expect(!ResourceName.isValidEndpoint(bad), "\(bad)") }
    }
}
