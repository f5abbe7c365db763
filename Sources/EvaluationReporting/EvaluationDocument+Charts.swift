import Detection
package import Drawing

extension EvaluationDocument {
    /// Precision over recall at overlap 0.5: the mean under the protocol, and of the classes with most objects, as many as can
    /// be told apart, each with its AP50. Nil where there is no curve.
    package var precisionRecallChart: CurveChart? {
        var series: [CurveChart.Series] = []
        if !report.precisionAtRecall.isEmpty { series.append(Self.curve("all \(Self.number(report.at50))", report.precisionAtRecall)) }
        let sizes = Dictionary(report.perClass.map { ($0.name, $0.truthCount) }, uniquingKeysWith: max)
        let scores = Dictionary(report.perClass.map { ($0.name, $0.ap50) }, uniquingKeysWith: max)
        let curves = (analysis?.curves ?? []).filter { !$0.at50.isEmpty }.enumerated()
            .sorted { (sizes[$1.element.className] ?? 0, $0.offset) < (sizes[$0.element.className] ?? 0, $1.offset) }
        if curves.count > 1 {
            series += curves.prefix(6).map(\.element).map {
                Self.curve("\($0.className) \(Self.number(scores[$0.className]))", $0.at50, isDashed: true)
            }
        }
        guard !series.isEmpty else { return nil }
        return CurveChart(
            title: "Precision over recall at overlap 0.5", xLabel: "recall", yLabel: "precision", series: series, yRange: 0...1,
            namesLastValues: false)
    }

    private static func curve(_ name: String, _ values: [Double], isDashed: Bool = false) -> CurveChart.Series {
        CurveChart.Series(
            name: name, points: values.enumerated().map { (Double($0.offset) / Double(max(1, values.count - 1)), $0.element) }, isDashed: isDashed)
    }
}
