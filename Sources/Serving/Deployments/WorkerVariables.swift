internal import ProcessHost
package import Resources

/// The variables that a deployment's workers see (azure-contracts.md C.4). Pure.
package struct WorkerVariables: Sendable {
    package var deployment: ResourceID
    /// Where the endpoint is on the data plane, without a leading slash.
    package var servicePath: String
    package var modelFolder: String?
    /// Folder of the scoring script.
    package var appRoot: String?
    package var script: String?
    package var python: String?
    /// Folders put before the machine's own `PATH`.
    package var searchPath: [String]
    package var timeoutMilliseconds: Int64
    package var workerCount: Int

    package init(
        deployment: ResourceID, servicePath: String, modelFolder: String?, appRoot: String?, script: String?, python: String?,
        searchPath: [String], timeoutMilliseconds: Int64, workerCount: Int
    ) {
        self.deployment = deployment
        self.servicePath = servicePath
        self.modelFolder = modelFolder
        self.appRoot = appRoot
        self.script = script
        self.python = python
        self.searchPath = searchPath
        self.timeoutMilliseconds = timeoutMilliseconds
        self.workerCount = workerCount
    }

    /// - Parameters:
    ///   - own: the deployment's environment variables, which win.
    ///   - machine: the server's own, of which only harmless ones are passed on.
    package func variables(own: [String: String], machine: [String: String]) -> [String: String] {
        var variables = MachineVariables.harmless(of: machine)
        variables["PATH"] = (searchPath + [machine["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"]).joined(separator: ":")
        variables["PYTHONUNBUFFERED"] = "1"
        variables["PYTHONDONTWRITEBYTECODE"] = "1"
        let workspace = deployment.workspace
        variables["AZUREML_ARM_SUBSCRIPTION"] = workspace.subscription
        variables["AZUREML_ARM_RESOURCEGROUP"] = workspace.resourceGroup
        variables["AZUREML_ARM_WORKSPACE_NAME"] = workspace.name
        variables["SERVICE_NAME"] = deployment.parent
        variables["SERVICE_VERSION"] = "1.0"
        variables["SERVICE_PATH_PREFIX"] = servicePath
        variables["AML_APP_INSIGHTS_ENABLED"] = "false"
        variables["WORKER_COUNT"] = String(workerCount)
        variables["WORKER_TIMEOUT"] = "300"
        variables["AZUREML_MODEL_DIR"] = modelFolder
        variables["AML_APP_ROOT"] = appRoot
        variables["AZUREML_ENTRY_SCRIPT"] = script
        variables["AZUREML_INFERENCE_PYTHON_PATH"] = python
        // A little after the gateway has told the client: the script is interrupted and its worker free again.
        variables["SCORING_TIMEOUT_MS"] = String(timeoutMilliseconds + 250)
        variables.merge(own) { $1 }
        return variables
    }
}
