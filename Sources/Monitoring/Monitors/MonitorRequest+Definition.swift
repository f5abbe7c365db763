internal import Foundation
internal import Kinds
internal import Resources

extension MonitorRequest {
    /// What the monitor of a schedule asks for.
    /// - Parameter period: the window when the monitor names none.
    init(_ definition: MonitorDefinition, period: Int64) throws(Problem) {
        guard let deployment = definition.monitoringTarget?.deploymentId.flatMap({ ResourceID(path: $0) }), let endpoint = deployment.parent else {
            throw Problem(
                .invalidInput, "the monitor names no deployment; write monitoring_target.endpoint_deployment_id: azureml:ENDPOINT:DEPLOYMENT",
                target: "monitoringTarget.deploymentId")
        }
        self.init(
            endpoint: ResourceID(workspace: deployment.workspace, kind: "onlineEndpoints", name: endpoint), deployment: deployment.name)
        let signals = definition.signals.sorted { $0.key < $1.key }.map(\.value)
        let references = signals.compactMap(\.referenceData).filter { $0["inputDataType"]?.stringValue != "Trailing" }
        baseline = references.lazy.compactMap { $0["uri"]?.stringValue }.first
        let sizes = signals.compactMap { $0.productionData?["windowSize"]?.stringValue }
        windowSeconds = min(max(sizes.lazy.compactMap(ISODuration.seconds).first ?? period, 60), 366 * 86_400)
        settings = ["monitoring_signals": .object(JSONObject(definition.signals.sorted { $0.key < $1.key }.map { ($0.key, Self.settings(of: $0.value)) }))]
    }

    private static func settings(of signal: MonitorDefinition.Signal) -> JSON {
        var settings: JSON = ["type": .string(snake(signal.signalType))]
        if signal.features?["filterType"]?.stringValue == "FeatureSubset" { settings["features"] = signal.features?["features"] }
        var thresholds: JSON = [:]
        for threshold in signal.metricThresholds ?? [] {
            let value = threshold.threshold?.value.map { JSON.number($0) } ?? .null
            var group = threshold.dataType.map { thresholds[snake($0)] ?? [:] } ?? thresholds
            group[snake(threshold.metric)] = value
            if let type = threshold.dataType { thresholds[snake(type)] = group } else { thresholds = group }
        }
        if thresholds.objectValue?.isEmpty == false { settings["metric_thresholds"] = thresholds }
        return settings
    }

    /// `DataDrift` and `jensenShannonDistance` in the words of the YAML.
    static func snake(_ text: String) -> String {
        var result = ""
        for character in text {
            if character.isUppercase, !result.isEmpty { result += "_" }
            result += character.lowercased()
        }
        return result
    }
}
