import BlobStore
import ControlPlane
import Foundation
import HTTPSupport
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kinds
import MLflowAPI
import MetadataStore
import NIOCore
import Resources
import Synchronization

/// MLflow's API over a store in a folder of its own, asked in-process; gone when the test is.
final class MLflowFixture: Sendable {
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPFields
        let bytes: [UInt8]
        var json: JSON { (try? JSON(parsing: bytes)) ?? .null }
        var code: String { json["error_code"]?.stringValue ?? "" }
        var message: String { json["message"]?.stringValue ?? "" }
    }

    let folder: String
    let store: MetadataStore
    let runs: RunService
    let models: ModelRegistry
    let blobs: BlobService
    let webhooks: WebhookService
    let resources: ResourceService
    let workspace = WorkspaceID.standard
    /// What webhooks would have been sent: headers and body.
    let sent = Mutex<[(headers: [String: String], body: String)]>([])
    /// The status that receivers answer with.
    let receiverStatus = Mutex(200)
    private let box: Box

    /// What the webhook service posts to; it is made before the fixture itself.
    private final class Box: Sendable {
        let fixture = Mutex<(@Sendable ([(String, String)], String) -> Int)?>(nil)
    }

    init() async throws {
        folder = NSTemporaryDirectory() + "/mlflow-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        store = try MetadataStore(path: folder + "/metadata.sqlite")
        runs = RunService(store: store)
        resources = ResourceService(
            store: store, registry: AllKinds.registry, feed: ChangeFeed(),
            companions: ["jobs": [RunService.jobCompanion], "models": [ModelRegistry.modelCompanion]])
        blobs = BlobService(metadata: store, store: try BlobStore(folder: folder + "/blobs"))
        models = ModelRegistry(store: store, resources: resources, blobs: blobs)
        let box = Box()
        self.box = box
        webhooks = try WebhookService(
            store: store, keyFile: folder + "/webhook.key",
            check: { url in
                guard url.hasPrefix("https://") else { throw Problem(.invalidInput, "Invalid webhook URL: not https", target: "url") }
            },
            post: { _, headers, body in (box.fixture.withLock { $0 }?(headers, body) ?? 500, "answered") })
        try await resources.createWorkspace(workspace)
        let standard = BlobContainer.standard(of: workspace)
        for (name, container) in [("workspaceblobstore", standard.blobs), ("workspaceartifactstore", standard.artifacts)] {
            try await blobs.ensureContainer(container)
            _ = try await resources.put(
                ResourceID(workspace: workspace, kind: "datastores", name: name),
                body: [
                    "properties": [
                        "datastoreType": "AzureBlob", "accountName": .string(container.account), "containerName": .string(container.name),
                        "endpoint": "core.windows.net", "protocol": "https", "credentials": ["credentialsType": "AccountKey"],
                    ]
                ], by: .owner(named: "ada"))
        }
        box.fixture.withLock { post in
            post = { [unowned self] headers, body in
                sent.withLock { $0.append((Dictionary(headers, uniquingKeysWith: { $1 }), body)) }
                return receiverStatus.withLock { $0 }
            }
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Messages that were not sent yet.
    func waiting() async throws -> [WebhookDelivery] { try await store.read { try $0.dueDeliveries(at: .max, limit: 9) } }

    /// Hands `body` a way to ask.
    func serving(_ body: @Sendable (Asking) async throws -> Void) async throws {
        let router = Router(context: APIContext.self)
        router.add(middleware: HostGuard(hosts: ["mlflow.example", "*.example.org"], origins: ["https://pages.example"]))
        router.get("health") { _, _ in Response.text("OK") }
        MLflowRoutes(
            runs: runs, models: models, webhooks: webhooks, resources: resources, blobs: blobs, door: .open("ada"), baseURL: "http://127.0.0.1:5000"
        ).addRoutes(to: router)
        try await Application(router: router).test(.router) { client in try await body(Asking(client: client)) }
    }

    struct Asking: Sendable {
        let client: any TestClientProtocol

        func send(
            _ method: HTTPRequest.Method, _ uri: String, _ headers: [String: String] = [:], _ body: [UInt8] = [], host: String = "localhost"
        ) async throws -> Answer {
            var fields = HTTPFields()
            for (name, value) in headers { if let name = HTTPField.Name(name) { fields[name] = value } }
            var path = uri
            if !path.hasPrefix("/") { path = "/api/2.0/mlflow/" + path }
            let reply = try await client.executeRequest(
                uri: path, method: method, headers: fields, body: body.isEmpty ? nil : ByteBuffer(bytes: body))
            return Answer(status: reply.status.code, headers: reply.headers, bytes: Array(reply.body.readableBytesView))
        }

        func get(_ uri: String, _ query: [(String, String)] = []) async throws -> Answer {
            let text = query.map { "\($0)=\(MLflowFixture.encoded($1))" }.joined(separator: "&")
            return try await send(.get, text.isEmpty ? uri : "\(uri)?\(text)")
        }

        func post(_ uri: String, _ body: JSON, method: HTTPRequest.Method = .post) async throws -> Answer {
            try await send(method, uri, ["Content-Type": "application/json"], body.bytes())
        }

        func run(in experiment: String = "0") async throws -> String {
            try await post("runs/create", ["experiment_id": .string(experiment)]).json.value(at: "run", "info", "run_id")?.stringValue ?? ""
        }
    }

    static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            let isPlain = 0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte || "-._~".utf8.contains(byte)
            result += isPlain ? String(Unicode.Scalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
}
