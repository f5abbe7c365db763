internal import BlobStore
internal import ControlPlane
internal import Environments
internal import Foundation
internal import Kinds
internal import ProcessHost
internal import Resources

/// Brings code, model and environment of a deployment to a folder of its own and says how a worker is started there.
struct DeploymentFiles: Sendable {
    let services: ServingServices
    let deployment: ResourceID
    let plan: DeploymentPlan
    /// Made anew for every generation of workers.
    let folder: String
    let log: DeploymentLog
    let cores: Int

    /// What every worker of the deployment shares; the socket is added for each.
    func prepare() async throws -> WorkerCommand {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let model = try await placeModel()
        var variables = WorkerVariables(
            deployment: deployment, servicePath: "endpoints/" + services.address(of: deployment.endpoint).path, modelFolder: model,
            appRoot: nil,
            script: nil, python: nil, searchPath: [services.toolFolder], timeoutMilliseconds: plan.timeoutMilliseconds,
            workerCount: plan.processes(cores: cores))
        switch plan.scorer {
        case .native:
            guard FileManager.default.isExecutableFile(atPath: services.worker) else {
                throw Problem(
                    .unavailable,
                    "'martlet-worker', which runs models without a scoring script, is not beside 'martlet'; build it: make build")
            }
            return WorkerCommand(
                arguments: [services.worker, "serve", "--model-dir", model ?? "", "--concurrency", "\(plan.concurrency)"], workingDirectory: folder,
                environment: variables.variables(own: plan.variables, machine: services.machine))
        case .python(let code, let script):
            let working = folder + "/code"
            try FileManager.default.createDirectory(atPath: working, withIntermediateDirectories: true)
            _ = try await services.blobs.materialise(
                services.locator.locate(code, in: deployment.workspace, kinds: ["codes"]), to: working, as: .copied)
            let entry = "\(working)/\(script)"
            guard FileManager.default.fileExists(atPath: entry) else {
                throw Problem(
                    .invalidInput, "the code has no file '\(script)'; correct code_configuration.scoring_script",
                    target: "codeConfiguration.scoringScript")
            }
            let worker = try ScoringProgram.write(to: folder + "/worker")
            let venv = try await environment()
            let python = try venv.map { $0 + "/bin/python" } ?? machinePython()
            if let venv { variables.searchPath.insert(venv + "/bin", at: 0) }
            variables.python = python
            variables.appRoot = (entry as NSString).deletingLastPathComponent
            variables.script = (entry as NSString).lastPathComponent
            return WorkerCommand(
                arguments: [python, worker, "--entry-script", entry], workingDirectory: working,
                environment: variables.variables(own: plan.variables, machine: services.machine))
        }
    }

    /// `…/azureml-models/NAME/VERSION`, as in Azure. A single file lies in it. The files of a folder lie in it and, for
    /// scripts, a second time beneath the folder's own name, since scripts are written for either.
    private func placeModel() async throws -> String? {
        guard let text = plan.model else { return nil }
        guard let id = ResourceID(path: text), let version = id.version else {
            throw Problem(.invalidInput, "'\(text)' is not the id of a model version", target: "model")
        }
        let path = "\(folder)/azureml-models/\(id.name)/\(version)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let address = try await services.locator.locate(text, in: deployment.workspace, kinds: ["models"])
        let last = address.name.split(separator: "/").last.map(String.init)
        if let last, !address.name.hasSuffix("/"), try await services.blobs.find(address) != nil {
            _ = try await services.blobs.materialise(address, to: "\(path)/\(last)")
        } else {
            _ = try await services.blobs.materialise(address, to: path)
            if let last, !plan.isNative, !FileManager.default.fileExists(atPath: "\(path)/\(last)") {
                _ = try await services.blobs.materialise(address, to: "\(path)/\(last)")
            }
        }
        log.line("model \(id) in \(path)")
        return path
    }

    /// The virtual environment of the deployment's environment; `nil` when it asks for none.
    private func environment() async throws -> String? {
        guard let text = plan.environment, let id = ResourceID(path: text) else { return nil }
        let properties: EnvironmentProperties = try await services.resources.get(id).properties.decoded()
        let recipe = try EnvironmentRecipe(properties)
        let log = log
        guard recipe.needsEnvironment else {
            for note in recipe.notes { log.line(note.text) }
            return nil
        }
        return try await services.environments.folder(for: recipe) { log.line($0) }
    }

    private func machinePython() throws(Problem) -> String {
        for folder in (services.machine["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":") {
            let path = "\(folder)/python3"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw Problem(
            .unavailable,
            "there is no python3 on this machine's PATH, and the deployment has no environment with a conda_file; install python3")
    }
}

/// How a worker is started.
struct WorkerCommand: Sendable, Hashable {
    var arguments: [String]
    var workingDirectory: String
    var environment: [String: String]

    func spec(socket: String, log: String) -> ProcessSpec {
        ProcessSpec(
            command: arguments + ["--socket", socket], workingDirectory: workingDirectory, environment: environment,
            replicas: [.init(logFile: log)], graceSeconds: 2, endsWithParent: true)
    }
}
