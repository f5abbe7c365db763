package import Foundation
package import Kinds
internal import ProcessHost
package import Resources

/// The variables that a job's processes see (azure-contracts.md C.4). Pure.
package struct JobEnvironment: Sendable {
    package var job: ResourceID
    package var experimentName: String
    package var experimentID: String
    package var rootRunID: String
    package var serverURL: String
    package var certificateAuthority: String
    package var trackingURI: String
    package var token: String
    package var tokenExpires: Date
    package var identityHeader: String
    /// Folders put before the machine's own `PATH`.
    package var searchPath: [String]
    package var workingDirectory: String
    package var logFolder: String

    package init(
        job: ResourceID, experimentName: String, experimentID: String, rootRunID: String, serverURL: String, certificateAuthority: String,
        trackingURI: String, token: String, tokenExpires: Date, identityHeader: String, searchPath: [String], workingDirectory: String,
        logFolder: String
    ) {
        self.job = job
        self.experimentName = experimentName
        self.experimentID = experimentID
        self.rootRunID = rootRunID
        self.serverURL = serverURL
        self.certificateAuthority = certificateAuthority
        self.trackingURI = trackingURI
        self.token = token
        self.tokenExpires = tokenExpires
        self.identityHeader = identityHeader
        self.searchPath = searchPath
        self.workingDirectory = workingDirectory
        self.logFolder = logFolder
    }

    /// Everything but ranks. `own` are the job's environment variables; `machine` is the server's environment, of which
    /// only harmless parts are passed on.
    package func variables(
        own: [String: String], literals: [String: String], inputPaths: [String: String], outputPaths: [String: String], machine: [String: String]
    ) -> [String: String] {
        var variables = MachineVariables.harmless(of: machine)
        variables["PATH"] = (searchPath + [machine["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"]).joined(separator: ":")
        variables["PYTHONUNBUFFERED"] = "1"
        for (name, value) in identity { variables[name] = value }
        for (name, value) in literals { variables["AZUREML_PARAMETER_\(name)"] = value }
        for (name, path) in inputPaths {
            variables["AZURE_ML_INPUT_\(name)"] = path
            variables["AZUREML_DATAREFERENCE_\(name)"] = path
        }
        for (name, path) in outputPaths { variables["AZURE_ML_OUTPUT_\(name)"] = path }
        variables.merge(own) { $1 }
        return variables
    }

    private var identity: [String: String] {
        let workspace = job.workspace
        return [
            "AZUREML_RUN_ID": job.name, "AZUREML_ROOT_RUN_ID": rootRunID, "AZUREML_ARM_SUBSCRIPTION": workspace.subscription,
            "AZUREML_ARM_RESOURCEGROUP": workspace.resourceGroup, "AZUREML_ARM_WORKSPACE_NAME": workspace.name,
            "AZUREML_ARM_PROJECT_NAME": experimentName, "AZUREML_EXPERIMENT_ID": experimentID, "AZUREML_SERVICE_ENDPOINT": serverURL,
            "AZUREML_DISCOVERY_SERVICE_ENDPOINT": serverURL + "/discovery", "AZUREML_RUN_TOKEN": token,
            "AZUREML_RUN_TOKEN_EXPIRY": String(Int(tokenExpires.timeIntervalSince1970)), "AZUREML_CURRENT_CLOUD": "Martlet",
            "AZUREML_CR_NODE_RANK": "0", "AZUREML_CR_EXECUTION_WORKING_DIR_PATH": workingDirectory, "AZUREML_LOGDIRECTORY_PATH": logFolder,
            "AZ_BATCHAI_JOB_TEMP": workingDirectory, "MLFLOW_TRACKING_URI": trackingURI, "MLFLOW_TRACKING_TOKEN": token,
            "MLFLOW_RUN_ID": job.name, "MLFLOW_EXPERIMENT_ID": experimentID, "MLFLOW_EXPERIMENT_NAME": experimentName,
            "ARM_CLOUD_METADATA_URL": serverURL + "/metadata/endpoints?api-version=2019-05-01", "REQUESTS_CA_BUNDLE": certificateAuthority,
            "SSL_CERT_FILE": certificateAuthority, "CURL_CA_BUNDLE": certificateAuthority, "IDENTITY_ENDPOINT": serverURL + "/msi/token",
            "IDENTITY_HEADER": identityHeader, "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential",
            "AZURE_DEFAULTS_GROUP": workspace.resourceGroup, "AZURE_DEFAULTS_WORKSPACE": workspace.name,
            "MARTLET_SUBSCRIPTION": workspace.subscription,
        ]
    }

    /// What rank `rank` of a distributed job sees besides (PyTorch's and MPI's variables; all ranks on this machine).
    package static func ranks(_ distribution: Distribution?, nodes: Int, port: Int) -> [[String: String]] {
        let perNode = distribution?.processCountPerInstance ?? 1
        let world = perNode * max(1, nodes)
        guard distribution != nil else { return [[:]] }
        return (0..<world).map { rank in
            [
                "RANK": String(rank), "WORLD_SIZE": String(world), "LOCAL_RANK": String(rank % perNode), "LOCAL_WORLD_SIZE": String(perNode),
                "NODE_RANK": String(rank / perNode), "GROUP_RANK": String(rank / perNode), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": String(port),
                "AZUREML_CR_NODE_RANK": String(rank / perNode), "AZ_BATCHAI_MPI_MASTER_NODE": "127.0.0.1",
                "OMPI_COMM_WORLD_RANK": String(rank), "OMPI_COMM_WORLD_SIZE": String(world), "OMPI_COMM_WORLD_LOCAL_RANK": String(rank % perNode),
            ]
        }
    }
}
