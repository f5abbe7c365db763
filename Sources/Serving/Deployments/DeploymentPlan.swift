internal import Foundation
internal import Kinds
package import Resources

/// How a deployment is run, from what was asked. Pure; two resources with equal plans need no new workers.
package struct DeploymentPlan: Sendable, Hashable {
    package enum Scorer: Sendable, Hashable {
        /// A script with init() and run() in a code asset.
        case python(code: String, script: String)
        /// A detector's model file, run by `martlet-worker serve`.
        case native
    }

    package var scorer: Scorer
    /// ARM ids.
    package var model: String?
    package var environment: String?
    package var variables: [String: String]
    package var instances: Int
    package var concurrency: Int
    package var timeoutMilliseconds: Int64
    /// From the start of a worker to its first answer.
    package var startupSeconds: Double
    package var collection: CollectionSettings

    package init(_ resource: Resource) throws(Problem) {
        let properties: OnlineDeploymentProperties = try resource.properties.decoded()
        if let code = properties.codeConfiguration {
            guard let id = code.codeId else {
                throw Problem(
                    .invalidInput, "the deployment's code configuration names no code; give code_configuration.code",
                    target: "codeConfiguration.codeId")
            }
            scorer = .python(code: id, script: code.scoringScript)
        } else {
            guard properties.model != nil else {
                throw Problem(
                    .invalidInput, "the deployment has neither a model nor a scoring script; give model, or code_configuration",
                    target: "model")
            }
            scorer = .native
        }
        model = properties.model
        environment = properties.environmentId
        variables = properties.environmentVariables ?? [:]
        instances = Int(clamping: min(50, max(1, resource.envelope.value(at: "sku", "capacity")?.integerValue ?? 1)))
        let settings = properties.requestSettings
        concurrency = min(10_000, max(1, settings?.maxConcurrentRequestsPerInstance ?? 1))
        timeoutMilliseconds = min(180_000, max(1, settings?.requestTimeout.flatMap(ISODuration.milliseconds) ?? 5000))
        startupSeconds = Self.startup(properties.readinessProbe ?? properties.livenessProbe)
        collection = CollectionSettings(properties.dataCollector)
    }

    /// Azure's probes: ten seconds, then thirty tries ten seconds apart.
    private static func startup(_ probe: OnlineDeploymentProperties.Probe?) -> Double {
        func seconds(_ text: String?, _ standard: Double) -> Double {
            text.flatMap(ISODuration.milliseconds).map { Double($0) / 1000 } ?? standard
        }
        let total = seconds(probe?.initialDelay, 10) + seconds(probe?.period, 10) * Double(max(1, probe?.failureThreshold ?? 30))
        return min(3600, max(5, total))
    }

    package var isNative: Bool { scorer == .native }

    /// Processes of one instance. A script answers one request at a time, so it gets WORKER_COUNT processes, else one for
    /// each concurrent request as far as there are cores; a native worker has a thread for each connection.
    private func processesPerInstance(cores: Int) -> Int {
        if isNative { return 1 }
        if let count = variables["WORKER_COUNT"].flatMap({ Int($0) }) { return min(64, max(1, count)) }
        return min(concurrency, max(1, cores))
    }

    package func processes(cores: Int) -> Int { min(256, instances * processesPerInstance(cores: cores)) }

    /// Requests that are with one process at once. A native worker gets all that the gateway lets in: it decodes the waiting
    /// pictures while the network runs, and runs those together that came together.
    package var slots: Int { isNative ? min(2 * concurrency, 32) : 1 }

    /// Requests at once before the gateway refuses (azure-contracts.md C.6).
    package var inFlightLimit: Int { 2 * concurrency * instances }

    /// `NAME:VERSION`; empty without a model.
    package var modelLabel: String { model.flatMap { ResourceID(path: $0) }?.description ?? "" }
}
