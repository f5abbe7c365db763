package import Resources

/// What every job has, whatever its type.
package struct JobProperties: Codable, Sendable, Hashable {
    package enum Kind: String, Codable, Sendable {
        case command = "Command"
        case pipeline = "Pipeline"
        case sweep = "Sweep"
    }

    package var jobType: Kind
    package var displayName: String?
    package var experimentName: String?
    package var description: String?
    package var tags: [String: String]?
    package var computeId: String?
    package var inputs: [String: JobInput]?
    package var outputs: [String: JobOutput]?
}

/// A command job's own part.
package struct CommandJob: Codable, Sendable, Hashable {
    package var command: String
    package var codeId: String?
    /// `nil`: this machine as it is.
    package var environmentId: String?
    package var environmentVariables: [String: String]?
    package var distribution: Distribution?
    package var resources: JobResources?
    package var limits: JobLimits?
}

/// A pipeline's own part.
package struct PipelineJob: Codable, Sendable, Hashable {
    package var jobs: [String: PipelineNode]
    package var settings: Settings?

    package struct Settings: Codable, Sendable, Hashable {
        package var defaultCompute: String?
        package var continueOnStepFailure: Bool?
        package var forceRerun: Bool?

        enum CodingKeys: String, CodingKey {
            case defaultCompute = "default_compute"
            case continueOnStepFailure = "continue_on_step_failure"
            case forceRerun = "force_rerun"
        }
    }
}

/// One step of a pipeline; on the wire its keys are snake_case while the rest of the job is camelCase.
package struct PipelineNode: Codable, Sendable, Hashable {
    /// `command`, `pipeline`, `parallel` or `sweep`.
    package var type: String?
    /// Of a sweep: in `trial`.
    package var componentId: String?
    package var trial: Trial?
    package var computeId: String?
    package var displayName: String?
    package var inputs: [String: JobInput]?
    package var outputs: [String: JobOutput]?
    package var environmentVariables: [String: String]?
    package var distribution: Distribution?
    package var resources: JobResources?
    package var limits: JobLimits?

    package struct Trial: Codable, Sendable, Hashable {
        package var componentId: String
    }

    /// The ARM id of what the step runs.
    package var component: String { trial?.componentId ?? componentId ?? "" }

    enum CodingKeys: String, CodingKey {
        case type, componentId, trial, computeId, inputs, outputs, distribution, resources, limits
        case displayName = "display_name"
        case environmentVariables = "environment_variables"
    }
}

/// A sweep's own part.
package struct SweepJob: Codable, Sendable, Hashable {
    package var trial: CommandJob
    /// Parameter to `["uniform", [0.001, 0.1]]`.
    package var searchSpace: [String: JSON]
    package var objective: Objective
    package var samplingAlgorithm: Sampling?
    package var limits: Limits?
    package var earlyTermination: JSON?

    package struct Objective: Codable, Sendable, Hashable {
        package var goal: String
        package var primaryMetric: String
    }

    package struct Sampling: Codable, Sendable, Hashable {
        package var samplingAlgorithmType: String
        package var seed: Int?
    }

    package struct Limits: Codable, Sendable, Hashable {
        package var maxTotalTrials: Int?
        package var maxConcurrentTrials: Int?
        package var timeout: String?
        package var trialTimeout: String?
    }

    package var isMaximized: Bool { objective.goal.lowercased() == "maximize" }
}

/// An input: a literal with `value`, or data with `uri`.
package struct JobInput: Codable, Sendable, Hashable {
    /// `literal`, `uri_file`, `uri_folder`, `mltable`, `custom_model`, `mlflow_model`, `triton_model`.
    package var type: String
    package var value: String?
    package var uri: String?
    package var mode: String?

    package init(type: String, value: String? = nil, uri: String? = nil, mode: String? = nil) {
        self.type = type
        self.value = value
        self.uri = uri
        self.mode = mode
    }

    /// The binding of a step's input, when its value is one expression.
    package var binding: Expression? { (value ?? uri).flatMap(Expression.whole) }

    package init(from decoder: any Decoder) throws {
        let json = try JSON(from: decoder)
        type = json["jobInputType"]?.stringValue ?? json["job_input_type"]?.stringValue ?? "literal"
        value = json["value"]?.literalText
        uri = json["uri"]?.stringValue
        mode = json["mode"]?.stringValue
    }

    package func encode(to encoder: any Encoder) throws {
        var json: JSON = ["jobInputType": .string(type)]
        json["value"] = value.map { .string($0) }
        json["uri"] = uri.map { .string($0) }
        json["mode"] = mode.map { .string($0) }
        try json.encode(to: encoder)
    }
}

/// An output: where it goes, and under which name it is registered when done.
package struct JobOutput: Codable, Sendable, Hashable {
    package var type: String
    /// Of a step: `${{parent.outputs.x}}`.
    package var value: String?
    package var uri: String?
    package var mode: String?
    package var assetName: String?
    package var assetVersion: String?

    package init(type: String = "uri_folder", value: String? = nil, uri: String? = nil, mode: String? = nil) {
        self.type = type
        self.value = value
        self.uri = uri
        self.mode = mode
    }

    package var binding: Expression? { (value ?? uri).flatMap(Expression.whole) }

    package init(from decoder: any Decoder) throws {
        let json = try JSON(from: decoder)
        type = json["jobOutputType"]?.stringValue ?? json["job_output_type"]?.stringValue ?? json["type"]?.stringValue ?? "uri_folder"
        if type == "literal" { type = "uri_folder" }
        value = json["value"]?.stringValue
        uri = json["uri"]?.stringValue
        mode = json["mode"]?.stringValue
        assetName = json["assetName"]?.stringValue ?? json["asset_name"]?.stringValue ?? json["name"]?.stringValue
        assetVersion = json["assetVersion"]?.literalText ?? json["asset_version"]?.literalText ?? json["version"]?.literalText
    }

    package func encode(to encoder: any Encoder) throws {
        var json: JSON = ["jobOutputType": .string(type)]
        json["value"] = value.map { .string($0) }
        json["uri"] = uri.map { .string($0) }
        json["mode"] = mode.map { .string($0) }
        json["assetName"] = assetName.map { .string($0) }
        json["assetVersion"] = assetVersion.map { .string($0) }
        try json.encode(to: encoder)
    }
}

/// How processes of one job find each other.
package struct Distribution: Codable, Sendable, Hashable {
    /// `pytorch`, `mpi`, `tensorflow`, `ray`, in lower case whatever the wire says.
    package var type: String
    package var processCountPerInstance: Int

    package init(from decoder: any Decoder) throws {
        let json = try JSON(from: decoder)
        type = (json["distributionType"] ?? json["distribution_type"] ?? json["type"])?.stringValue?.lowercased() ?? "pytorch"
        let count = json["processCountPerInstance"] ?? json["process_count_per_instance"] ?? json["workerCount"] ?? json["worker_count"]
        processCountPerInstance = Int(clamping: max(1, count?.integerValue ?? 1))
    }

    package func encode(to encoder: any Encoder) throws {
        let json: JSON = ["distributionType": .string(type), "processCountPerInstance": .integer(Int64(processCountPerInstance))]
        try json.encode(to: encoder)
    }
}

package struct JobResources: Codable, Sendable, Hashable {
    package var instanceCount: Int

    package init(from decoder: any Decoder) throws {
        let json = try JSON(from: decoder)
        instanceCount = Int(clamping: max(1, (json["instanceCount"] ?? json["instance_count"])?.integerValue ?? 1))
    }

    package func encode(to encoder: any Encoder) throws {
        try JSON.object(["instanceCount": .integer(Int64(instanceCount))]).encode(to: encoder)
    }
}

package struct JobLimits: Codable, Sendable, Hashable {
    /// ISO 8601.
    package var timeout: String?
    package var timeoutSeconds: Int64? { timeout.flatMap(ISODuration.seconds) }

    package init(from decoder: any Decoder) throws {
        let json = try JSON(from: decoder)
        // Sweep steps count seconds.
        timeout = json["timeout"]?.stringValue ?? json["timeout"]?.integerValue.map(ISODuration.text(seconds:))
    }
}
