internal import Resources

/// What is remembered of a drift report: the alert itself, without histograms.
struct DriftSummary {
    /// `drift`, `no_drift`, `too_few`, or `unknown` when there is no readable report.
    var verdict: String
    var breached: [String] = []
    var samples: (baseline: Int64?, production: Int64?) = (nil, nil)
    /// Metric values by `SIGNAL/FEATURE/METRIC`.
    var values: [(key: String, value: Double)] = []
    var fault: String?

    init(report: JSON) {
        verdict = report["verdict"]?.stringValue ?? "unknown"
        breached = report["breached"]?.arrayValue?.compactMap(\.stringValue) ?? []
        samples = (report.value(at: "baseline", "samples")?.integerValue, report.value(at: "production", "samples")?.integerValue)
        for result in report["results"]?.arrayValue ?? [] {
            guard let signal = result["signal"]?.stringValue, let feature = result["feature"]?.stringValue,
                let metric = result["metric"]?.stringValue, let value = result["value"]?.doubleValue
            else { continue }
            values.append(("\(signal)/\(feature)/\(metric)", value))
        }
        if report["verdict"] == nil { fault = "report.json has no verdict" }
    }

    init(fault: String) {
        verdict = "unknown"
        self.fault = fault
    }

    /// What the job shows as `drift`.
    var observed: JSON {
        var drift: JSON = ["verdict": .string(verdict), "breached": .array(breached.map { .string($0) })]
        drift["baselineSamples"] = samples.baseline.map { .integer($0) }
        drift["productionSamples"] = samples.production.map { .integer($0) }
        drift["error"] = fault.map { .string($0) }
        return drift
    }
}
