internal import Kinds
internal import Resources

/// The command job that one trial of a sweep becomes.
struct SweepTrial {
    let sweep: Resource
    let job: SweepJob
    let number: Int
    /// Parameter to its value in this trial.
    let values: [String: String]

    /// `SWEEP_NUMBER`, as in Azure; the same every time, so that a trial is never started twice.
    static func jobID(of number: Int, in sweep: ResourceID) -> ResourceID {
        ResourceID(workspace: sweep.workspace, kind: sweep.kind, name: "\(sweep.name)_\(number)")
    }

    func body() throws(Problem) -> JSON {
        let properties = sweep.properties
        var trial: JSON = properties["trial"] ?? [:]
        trial["jobType"] = "Command"
        trial["command"] = .string(filled(job.trial.command))
        var variables = (job.trial.environmentVariables ?? [:]).mapValues(filled)
        for (name, value) in values { variables["AZUREML_SWEEP_\(name)"] = value }
        trial["environmentVariables"] = .object(JSONObject(variables.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        for key in ["computeId", "experimentName", "inputs"] { trial[key] = properties[key] }
        trial["displayName"] = .string("\(properties["displayName"]?.stringValue ?? sweep.id.name)_\(number)")
        trial["outputs"] = .object(JSONObject((properties["outputs"]?.objectValue ?? [:]).map { ($0.key, Self.own($0.value)) }))
        if let timeout = job.limits?.trialTimeout { trial["limits"] = ["jobLimitsType": "Command", "timeout": .string(timeout)] }
        let chosen = JSON.object(JSONObject(values.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        trial["tags"] = ["hyperparameters": .string(chosen.text())]
        trial["properties"] = ["azureml.parentRunId": .string(sweep.id.name), "azureml.pipelinerunid": .string(sweep.id.name)]
        return ["properties": trial]
    }

    private func filled(_ text: String) -> String {
        Expression.pieces(of: text).reduce(into: "") { result, piece in
            switch piece {
            case .text(let part): result += part
            case .expression(let expression):
                guard case .searchSpace(let name) = expression.meaning, let value = values[name] else { return result += expression.text }
                result += value
            }
        }
    }

    /// Only the best trial's outputs are registered, by the sweep; and each trial needs a place of its own.
    private static func own(_ output: JSON) -> JSON {
        var output = output
        for key in ["assetName", "assetVersion"] { output[key] = nil }
        if let uri = output["uri"]?.stringValue, !uri.contains("${{name}}") { output["uri"] = nil }
        return output
    }
}
