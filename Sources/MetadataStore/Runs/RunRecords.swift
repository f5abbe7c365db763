internal import Resources

/// A key and its text: a tag or a parameter.
package struct LabelRecord: Sendable, Hashable {
    package var key: String
    package var value: String

    package init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}

/// One logged value; `timestamp` in milliseconds since 1970. `value` may be NaN; infinities are clamped when stored.
package struct MetricRecord: Sendable, Hashable {
    package var key: String
    package var value: Double
    package var timestamp: Int64
    package var step: Int64
    /// Which logged model, on which dataset: MLflow 3 clients say so.
    package var model: ModelMeasure?

    package struct ModelMeasure: Sendable, Hashable {
        package var model: String
        package var datasetName: String?
        package var datasetDigest: String?
        package var run: String?

        package init(model: String, datasetName: String? = nil, datasetDigest: String? = nil, run: String? = nil) {
            self.model = model
            self.datasetName = datasetName
            self.datasetDigest = datasetDigest
            self.run = run
        }
    }

    package init(key: String, value: Double, timestamp: Int64, step: Int64, model: ModelMeasure? = nil) {
        self.key = key
        self.value = value
        self.timestamp = timestamp
        self.step = step
        self.model = model
    }
}

/// Whether something is in use or in the bin.
package enum Lifecycle: String, Sendable, Hashable {
    case active, deleted
}

package struct ExperimentRecord: Sendable, Hashable {
    /// Row number; facts refer to it.
    package var sequence: Int64
    package var id: Int64
    package var name: String
    /// `nil`: the server's own place.
    package var artifactLocation: String?
    package var lifecycle: Lifecycle
    package var createdAt: Int64
    package var modifiedAt: Int64
    package var tags: [LabelRecord] = []
}

/// A run without its facts.
package struct RunRecord: Sendable, Hashable {
    package var sequence: Int64
    package var id: String
    /// Row number of the experiment.
    package var experiment: Int64
    package var experimentID: Int64
    package var experimentName: String
    /// `nil`: the server's own place.
    package var artifactLocation: String?
    package var name: String
    package var userID: String
    package var status: RunStatus
    package var startTime: Int64
    package var endTime: Int64?
    package var lifecycle: Lifecycle
    /// Whether an Azure ML job of the same name stands behind it.
    package var isJob: Bool
}

/// MLflow's states of a run.
package enum RunStatus: String, Sendable, Hashable, CaseIterable {
    case scheduled = "SCHEDULED"
    case running = "RUNNING"
    case finished = "FINISHED"
    case failed = "FAILED"
    case killed = "KILLED"

    package var isTerminal: Bool { self == .finished || self == .failed || self == .killed }
}

/// A dataset that a run read.
package struct DatasetRecord: Sendable, Hashable {
    package var name: String
    package var digest: String
    package var sourceType: String
    package var source: String
    package var schema: String?
    package var profile: String?
    package var tags: [LabelRecord]

    package init(
        name: String, digest: String, sourceType: String, source: String, schema: String? = nil, profile: String? = nil,
        tags: [LabelRecord] = []
    ) {
        self.name = name
        self.digest = digest
        self.sourceType = sourceType
        self.source = source
        self.schema = schema
        self.profile = profile
        self.tags = tags
    }
}

/// A logged model that a run read or made.
package struct RunModelRecord: Sendable, Hashable {
    package var model: String
    package var isOutput: Bool
    package var step: Int64

    package init(model: String, isOutput: Bool, step: Int64 = 0) {
        self.model = model
        self.isOutput = isOutput
        self.step = step
    }
}

/// A run with the latest value of each metric, its parameters, tags, inputs and outputs.
package struct RunDetail: Sendable, Hashable {
    package var run: RunRecord
    package var metrics: [MetricRecord] = []
    package var parameters: [LabelRecord] = []
    package var tags: [LabelRecord] = []
    package var datasets: [DatasetRecord] = []
    package var models: [RunModelRecord] = []

    package init(
        run: RunRecord, metrics: [MetricRecord] = [], parameters: [LabelRecord] = [], tags: [LabelRecord] = [],
        datasets: [DatasetRecord] = [], models: [RunModelRecord] = []
    ) {
        self.run = run
        self.metrics = metrics
        self.parameters = parameters
        self.tags = tags
        self.datasets = datasets
        self.models = models
    }
}

/// An MLflow 3 logged model.
package struct LoggedModelRecord: Sendable, Hashable {
    package var sequence: Int64
    package var id: String
    package var experimentID: Int64
    package var experimentName: String
    package var artifactLocation: String?
    package var name: String
    package var modelType: String?
    package var sourceRun: String?
    package var status: String
    /// Where in the artifact store its files are; `nil`: the place that follows from its id.
    package var artifactPath: String?
    package var createdAt: Int64
    package var modifiedAt: Int64
    package var tags: [LabelRecord] = []
    package var parameters: [LabelRecord] = []
    package var metrics: [MetricRecord] = []
}

/// What the registry keeps of a model besides its versions.
package struct RegisteredModelRecord: Sendable, Hashable {
    package var sequence: Int64
    package var name: String
    package var description: String
    package var createdAt: Int64
    package var modifiedAt: Int64
    package var tags: [LabelRecord] = []
    /// Alias and version.
    package var aliases: [LabelRecord] = []
}
