/// Every signal, in the order of reports.
package enum AllSignals {
    package static let all: [any MonitorSignal.Type] = [DataDriftSignal.self, PredictionDriftSignal.self, DataQualitySignal.self]

    /// The signal of a monitor's `type`.
    package static func named(_ name: String) -> (any MonitorSignal.Type)? { all.first { $0.name == name } }
}
