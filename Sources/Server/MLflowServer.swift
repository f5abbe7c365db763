internal import BlobStore
internal import ControlPlane
internal import Foundation
internal import HTTPSupport
internal import Hummingbird
internal import Kinds
internal import Logging
internal import MLflowAPI
package import MetadataStore
package import Resources
internal import ServiceLifecycle
internal import UnixSignals

/// What `martlet mlflow server` was asked for.
package struct MLflowServerConfiguration: Sendable {
    /// Absolute path of the data folder; `martlet serve` can take it over later.
    package var dataFolder: String
    package var host = "127.0.0.1"
    /// 0 takes any free port.
    package var port = 5000
    /// Absolute path of the folder for the bytes of artifacts; `nil`: beneath the data folder.
    package var artifactsFolder: String?
    /// Where artifacts of new experiments go; `nil`: through this server.
    package var defaultArtifactRoot: String?
    package var allowedHosts: [String] = []
    package var allowedOrigins: [String] = []
    package var allowsNearWebhooks = false
    /// Where the pages of stock MLflow are; `nil`: none are served.
    package var pages: String?
    package var trashRetention: Duration = .seconds(30 * 24 * 3600)
    package var durability = MetadataStore.Durability.process
    /// Who is meant by everybody who asks.
    package var user = "mlflow"

    package init(dataFolder: String) { self.dataFolder = dataFolder }
}

/// The second composition: MLflow's API alone, over plain HTTP and without login, for this machine. The same services and
/// routes as in `House`, without jobs, endpoints and certificates.
package struct MLflowServer: Sendable {
    private let configuration: MLflowServerConfiguration
    private let folder: DataFolder

    package init(_ configuration: MLflowServerConfiguration) throws(Problem) {
        guard ["127.0.0.1", "localhost", "::1"].contains(configuration.host) else {
            throw Problem(
                .unsupported,
                "a server without login listens on this machine only (127.0.0.1), not on '\(configuration.host)'; for others on the network "
                    + "use 'martlet serve', which asks for tokens, or an SSH tunnel: ssh -L 5000:127.0.0.1:5000 HOST")
        }
        var configuration = configuration
        if configuration.port == 0 { configuration.port = try FreePort.find(host: "127.0.0.1") }
        if let root = configuration.defaultArtifactRoot { try ArtifactPlace.check(location: root) }
        self.configuration = configuration
        folder = DataFolder(path: configuration.dataFolder)
    }

    /// Serves until SIGTERM or SIGINT.
    /// - Parameter ready: told the address once the server answers.
    package func run(ready: @escaping @Sendable (String) -> Void) async throws {
        try folder.create()
        let lock = try DataFolderLock(folder)
        defer { withExtendedLifetime(lock) {} }
        let store = try MetadataStore(path: folder.metadata, durability: configuration.durability)
        let url = "http://\(configuration.host == "::1" ? "[::1]" : configuration.host):\(configuration.port)"
        let parts = try await MLflowParts(configuration, folder: folder, store: store, url: url)
        var logger = Logger(label: "martlet", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .warning
        let app = Application(
            router: parts.router(), configuration: .init(address: .hostname(configuration.host, port: configuration.port), serverName: "Martlet"),
            onServerRunning: { _ in ready(url) }, logger: logger)
        let services: [any Service] = parts.engines() + [LoopBoundServer(base: app)]
        let group = ServiceGroup(configuration: .init(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        try await store.checkpoint()
    }
}

/// The services behind `MLflowServer`.
private struct MLflowParts: Sendable {
    private let configuration: MLflowServerConfiguration
    private let url: String
    private let resources: ResourceService
    private let blobs: BlobService
    private let runs: RunService
    private let models: ModelRegistry
    private let webhooks: WebhookService
    private let pages: StockPages?

    init(_ configuration: MLflowServerConfiguration, folder: DataFolder, store: MetadataStore, url: String) async throws {
        self.configuration = configuration
        self.url = url
        pages = try configuration.pages.map { place in try StockPages(place) }
        resources = ResourceService(
            store: store, registry: AllKinds.registry, feed: ChangeFeed(),
            companions: ["jobs": [RunService.jobCompanion], "models": [ModelRegistry.modelCompanion]])
        blobs = BlobService(metadata: store, store: try BlobStore(folder: configuration.artifactsFolder ?? folder.blobs))
        runs = RunService(store: store, defaultArtifactRoot: configuration.defaultArtifactRoot)
        models = ModelRegistry(store: store, resources: resources, blobs: blobs)
        webhooks = try WebhookService.sending(store: store, folder: folder, allowsNear: configuration.allowsNearWebhooks)
        try await Furnishing(resources: resources, blobs: blobs, authority: String(url.dropFirst("http://".count))).furnish(.standard)
    }

    func engines() -> [any Service] {
        [
            EngineService { try await Sweep(blobs: blobs, runs: runs, retention: configuration.trashRetention, workspace: .standard).run() },
            EngineService { try await webhooks.run() },
        ]
    }

    func router() -> Router<APIContext> {
        let router = Router(context: APIContext.self)
        router.add(middleware: OffLoop())
        router.add(middleware: HostGuard(hosts: configuration.allowedHosts, origins: configuration.allowedOrigins))
        router.get("health") { _, _ in Response.text("OK") }
        router.get("version") { _, _ in Response.text(MLflowRoutes.version) }
        if let pages {
            pages.addRoutes(to: router)
        } else {
            router.get("/") { _, _ in Response.text("Martlet serves MLflow's API here: MLFLOW_TRACKING_URI=\(url)\n") }
        }
        MLflowRoutes(
            runs: runs, models: models, webhooks: webhooks, resources: resources, blobs: blobs, door: .open(configuration.user), baseURL: url
        ).addRoutes(to: router)
        return router
    }
}
