internal import ARMAPI
internal import BlobAPI
internal import BlobStore
internal import ControlPlane
internal import Environments
internal import Execution
internal import Foundation
internal import HTTPSupport
internal import Hummingbird
internal import Kinds
internal import MLflowAPI
internal import MetadataStore
internal import Monitoring
internal import ProcessHost
internal import Resources
internal import ScoringAPI
internal import ServiceLifecycle
internal import Serving

/// Every service of one server, wired together. No rules live here: each struct gets exactly the collaborators it uses.
struct House: Sendable {
    private let configuration: ServerConfiguration
    private let access: Access
    private let baseURL: String
    private let resources: ResourceService
    private let blobs: BlobService
    private let runs: RunService
    private let models: ModelRegistry
    private let webhooks: WebhookService
    private let logs: JobLogs
    private let jobs: JobServices
    private let deployments: OnlineDeploymentController
    private let monitors: MonitorController
    private let schedules: ScheduleController
    private let furnishing: Furnishing
    private let actions: ActionRegistry

    init(configuration: ServerConfiguration, folder: DataFolder, store: MetadataStore, access: Access, baseURL: String) async throws {
        self.configuration = configuration
        self.access = access
        self.baseURL = baseURL
        let feed = ChangeFeed()
        resources = ResourceService(
            store: store, registry: AllKinds.registry, feed: feed, companions: ["jobs": [RunService.jobCompanion], "models": [ModelRegistry.modelCompanion]])
        blobs = BlobService(metadata: store, store: try BlobStore(folder: folder.blobs))
        runs = RunService(store: store)
        models = ModelRegistry(store: store, resources: resources, blobs: blobs)
        webhooks = try WebhookService.sending(store: store, folder: folder)
        logs = JobLogs(folder: folder, resources: resources, access: access)
        furnishing = Furnishing(resources: resources, blobs: blobs, authority: String(baseURL.dropFirst("https://".count)))
        for workspace in try await resources.workspaces() { try await furnishing.furnish(workspace) }
        try await furnishing.furnish(configuration.workspace)

        let host = ProcessHost(supervisor: configuration.executable)
        let environments = EnvironmentBuilder(root: folder.environments, processEnvironment: configuration.environment)
        let tools = try ToolFolder(folder: folder, executable: configuration.executable).path
        try ParallelDriver.install(in: tools)
        let runs = runs
        jobs = JobServices(
            resources: resources, blobs: blobs, access: access, feed: feed, host: host, environments: environments, folder: folder,
            serverURL: baseURL, home: configuration.workspace, machine: configuration.environment,
            toolFolder: tools,
            revoke: { run in try await store.write { try $0.revokeRun(run, at: Date()) } },
            runCompanion: { tx, job in try RunService.follow(job, at: Date(), in: tx) },
            experiment: { job in
                let run = try await runs.run(job.name, in: job.workspace)
                return (run.run.experimentName, String(run.run.experimentID))
            })
        let serving = ServingServices(
            resources: resources, blobs: blobs, access: access, feed: feed, store: store, launcher: host, environments: environments,
            folder: folder, serverURL: baseURL, home: configuration.workspace, machine: configuration.environment, toolFolder: tools)
        deployments = try OnlineDeploymentController(services: serving)
        let watch = MonitorService(resources: resources, blobs: blobs, store: store, flush: { [deployments] in await deployments.flushRecords() })
        monitors = MonitorController(resources: resources, blobs: blobs, runs: runs, feed: feed)
        schedules = ScheduleController(resources: resources, monitors: watch, feed: feed)
        var actions = ActionRegistry()
        StorageActions.register(in: &actions, resources: resources, blobs: blobs, access: access, baseURL: baseURL)
        JobActions.register(in: &actions, services: jobs)
        ServingActions.register(in: &actions, services: serving, scoring: deployments.scoring, rollouts: deployments.rollouts)
        MonitoringActions.register(in: &actions, monitors: watch, schedules: schedules)
        self.actions = actions
    }

    /// The loops that make things true.
    func engines() -> [any Service] {
        [
            EngineService { try await JobController(services: jobs).run() },
            EngineService { try await PipelineController(services: jobs).run() },
            EngineService {
                try await SweepController(services: jobs) { [runs] job, metric in
                    try await runs.metricHistory(ofRun: job.name, key: metric, in: job.workspace).items.map(\.value)
                }.run()
            },
            EngineService { try await deployments.run() },
            EngineService { try await monitors.run() },
            EngineService { try await schedules.run() },
            EngineService { try await webhooks.run() },
            EngineService {
                try await Sweep(blobs: blobs, runs: runs, retention: .seconds(30 * 24 * 3600), workspace: configuration.workspace).run()
            },
        ]
    }

    /// The last requests of an orderly stop.
    func writeLastRecords() async { await deployments.flushRecords() }

    /// Every address of the server.
    func router() -> Router<APIContext> {
        let router = Router(context: APIContext.self)
        router.add(middleware: OffLoop())
        router.get("health") { _, _ in Response.text("OK") }
        router.get("version") { _, _ in Response.text(MLflowRoutes.version) }
        let workspaces = WorkspaceDescription(
            baseURL: baseURL, home: configuration.workspace, accountKey: access.accountKey, machineSize: MachineSize.describe(),
            create: { try await furnishing.furnish($0) })
        SignInRoutes(access: access, baseURL: baseURL, owner: configuration.owner).addRoutes(to: router)
        ARMRoutes(resources: resources, actions: actions, workspaces: workspaces, logs: logs, access: access).addRoutes(to: router)
        LogRoutes(logs: logs).addRoutes(to: router)
        BlobRoutes(blobs: blobs, access: access).addRoutes(to: router)
        MLflowRoutes(
            runs: runs, models: models, webhooks: webhooks, resources: resources, blobs: blobs, door: .tokens(access), baseURL: baseURL,
            workspace: configuration.workspace
        ).addRoutes(to: router)
        RunHistoryRoutes(
            runs: runs, resources: resources, blobs: blobs, access: access, baseURL: baseURL, logFiles: { logs.links(of: $0) }
        ).addRoutes(to: router)
        ScoringRoutes(scoring: deployments.scoring, access: access).addRoutes(to: router)
        return router
    }
}
