package import Detection

/// Everything that one evaluation has to say: what is printed as JSON and shown as a page.
package struct EvaluationDocument: Sendable, Codable {
    /// The protocol that was asked for.
    package var report: DetectionReport
    /// The protocol it was compared with.
    package var other: DetectionReport?
    package var comparison: ProtocolComparison?
    package var analysis: DetectionAnalysis?
    /// What was left out or guessed, in sentences.
    package var notes: [String]

    package init(
        report: DetectionReport, other: DetectionReport? = nil, comparison: ProtocolComparison? = nil, analysis: DetectionAnalysis? = nil,
        notes: [String] = []
    ) {
        self.report = report
        self.other = other
        self.comparison = comparison
        self.analysis = analysis
        self.notes = notes
    }

    /// Four decimals; a dash for −1, which stands for "nothing to measure".
    package static func number(_ value: Double?) -> String {
        guard let value, value >= 0 else { return "–" }
        let thousandths = (min(value, 1e9) * 10_000).rounded()
        let (whole, rest) = (Int(thousandths) / 10_000, Int(thousandths) % 10_000)
        return "\(whole)." + String(repeating: "0", count: 4 - "\(rest)".count) + "\(rest)"
    }

    /// A difference with its sign.
    package static func change(_ value: Double) -> String { (value < 0 ? "−" : "+") + number(abs(value)) }
}
