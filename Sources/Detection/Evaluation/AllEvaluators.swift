/// Every evaluator, as a list: what is listed here is offered, compared and tested.
package enum AllEvaluators {
    package static let all: [any Evaluator] = [
        COCOEvaluator(),
        VOCEvaluator(VOCSettings(integration: .allPoints)),
        VOCEvaluator(VOCSettings(integration: .elevenPoints)),
        AzureMLEvaluator(),
        UltralyticsEvaluator(.v8_0_190),
        UltralyticsEvaluator(.v8_4),
    ]

    /// Short names for the usual variant.
    package static let aliases = ["voc": "voc-allpoint", "ultralytics": "ultralytics-8.4"]

    /// The evaluator whose numbers carry `protocolName`, or that an alias means.
    package static func named(_ protocolName: String) -> (any Evaluator)? {
        let name = aliases[protocolName] ?? protocolName
        return all.first { $0.protocolName == name }
    }
}

/// A listed protocol at overlaps of one's own; its name says so.
package struct AdjustedEvaluator: Evaluator {
    private let original: any Evaluator
    private let overlaps: [Double]

    /// - Parameter overlaps: at most `EvaluationRules.mostOverlaps` values above 0 and up to 1; put into order here.
    package init(_ original: any Evaluator, overlaps: [Double]) {
        self.original = original
        self.overlaps = Array(Set(overlaps.filter { $0 > 0 && $0 <= 1 })).sorted().prefix(EvaluationRules.mostOverlaps).map { $0 }
    }

    /// For example `coco@0.75`.
    package var protocolName: String { original.protocolName + "@" + overlaps.map { "\($0)" }.joined(separator: ",") }
    package var says: String { original.says }
    package var rules: EvaluationRules {
        var rules = original.rules
        if !overlaps.isEmpty { rules.overlaps = overlaps }
        return rules
    }

    /// None: they would carry names that promise the original overlaps.
    package func namedNumbers(_ report: DetectionReport, of classes: [ClassEvaluation]) -> [String: Double] { [:] }
}
