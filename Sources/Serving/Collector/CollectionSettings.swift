package import Kinds

/// What a deployment keeps of its requests. Facts and detections are always kept, of every request; bodies only when the
/// deployment's data collector says so.
package struct CollectionSettings: Sendable, Hashable {
    /// Share of the requests whose body is kept, 0 for none.
    package var inputRate: Double
    package var outputRate: Double

    package init(inputRate: Double = 0, outputRate: Double = 0) {
        self.inputRate = inputRate
        self.outputRate = outputRate
    }

    package init(_ collector: OnlineDeploymentProperties.DataCollector?) {
        func rate(_ name: String) -> Double {
            guard let collection = collector?.collections[name], collection.dataCollectionMode?.lowercased() == "enabled" else { return 0 }
            return min(1, max(0, collection.samplingRate ?? 1))
        }
        inputRate = rate("model_inputs")
        outputRate = rate("model_outputs")
    }
}
