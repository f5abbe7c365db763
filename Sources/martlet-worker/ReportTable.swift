import Detection
import EvaluationReporting
import Foundation

/// An evaluation as aligned text. Each number stands below the name of its protocol.
struct ReportTable {
    let document: EvaluationDocument

    init(document: EvaluationDocument) { self.document = document }
    init(report: DetectionReport) { document = EvaluationDocument(report: report) }

    var text: String {
        [
            lines(document.report), document.other.map(lines), document.comparison.map(lines), document.analysis.map(lines),
        ].compactMap { $0?.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private static func row(_ name: String, _ cells: [String], width: Int) -> String {
        name + String(repeating: " ", count: max(1, width - name.count))
            + cells.map { String(repeating: " ", count: max(1, 10 - $0.count)) + $0 }.joined()
    }

    private func lines(_ report: DetectionReport) -> [String] {
        let width = max(16, report.perClass.map(\.name.count).max() ?? 0) + 2
        let number = EvaluationDocument.number
        var lines = [
            "protocol \(report.protocolName): \(report.imageCount) images, \(report.truthCount) objects, "
                + "\(report.detectionCount) detections",
            Self.row("class", ["objects", "AP", "AP50", "AP75", "recall"], width: width),
        ]
        lines += report.perClass.map {
            Self.row($0.name, ["\($0.truthCount)", number($0.ap), number($0.ap50), number($0.ap75), number($0.recall)], width: width)
        }
        lines.append(Self.row("all", ["\(report.truthCount)", number(report.meanAveragePrecision), number(report.at50), number(report.at75)], width: width))
        lines += (report.named ?? [:]).sorted { $0.key < $1.key }.map { "\(report.protocolName) \($0.key) \(number($0.value))" }
        if let best = report.bestF1 {
            lines.append(
                "best F1 \(number(best.f1)) at confidence \(number(best.threshold)): "
                    + "precision \(number(best.precision)), recall \(number(best.recall))")
        }
        return lines
    }

    private func lines(_ comparison: ProtocolComparison) -> [String] {
        let number = EvaluationDocument.number
        func line(_ name: String, _ mean: Double, _ change: String, _ half: Double) -> String {
            Self.row(name, [number(mean), change, number(half)], width: 26)
        }
        var lines = [
            "from \(comparison.from) to \(comparison.to), one rule at a time",
            Self.row("rule", ["mean AP", "change", "AP50"], width: 26),
            line(comparison.from, comparison.fromMeanAveragePrecision, "", comparison.fromAt50),
        ]
        for step in comparison.steps {
            lines.append(line(step.rule, step.meanAveragePrecision, EvaluationDocument.change(step.change), step.at50))
            lines.append("    \(step.before) -> \(step.after); \(step.concerns)")
        }
        lines.append(line(comparison.to, comparison.toMeanAveragePrecision, "", comparison.toAt50))
        return lines
    }

    private func lines(_ analysis: DetectionAnalysis) -> [String] {
        let number = EvaluationDocument.number
        var lines = ["at confidence \(number(analysis.threshold)), which \(analysis.thresholdReason)"]
        if let chosen = analysis.overall.chosen { lines[0] += ": precision \(number(chosen.precision)), recall \(number(chosen.recall))" }
        lines.append(
            "mistakes: " + DetectionError.Kind.allCases.map { "\(analysis.overall.errors[$0]) \($0.rawValue)" }.joined(separator: ", "))
        lines.append("worst of \(analysis.imagesWithErrors) images with mistakes:")
        lines += analysis.worstImages.prefix(10).map { image in
            "  \(image.imageName): \(image.hits) of \(image.truthCount) found; "
                + DetectionError.Kind.allCases.filter { image.counts[$0] > 0 }.map { "\(image.counts[$0]) \($0.rawValue)" }.joined(separator: ", ")
        }
        return lines
    }
}

extension DetectionReport {
    /// The numbers by name, for a run: by protocol, and the usual two under the names that Ultralytics logs.
    var metrics: [String: Double] {
        var all = [
            "\(protocolName)/mAP50-95": meanAveragePrecision, "\(protocolName)/mAP50": at50, "\(protocolName)/mAP75": at75,
            "\(protocolName)/AR100": recalls.at100, "metrics/mAP50-95B": meanAveragePrecision, "metrics/mAP50B": at50,
        ]
        for score in perClass where score.truthCount > 0 {
            all["\(protocolName)/AP/\(score.name)"] = score.ap
            all["\(protocolName)/AP50/\(score.name)"] = score.ap50
        }
        // MLflow takes no parentheses in a name.
        for (name, value) in named ?? [:] { all["\(protocolName)/\(name.filter { $0 != "(" && $0 != ")" })"] = value }
        if let bestF1 {
            all["metrics/precisionB"] = bestF1.precision
            all["metrics/recallB"] = bestF1.recall
        }
        return all.filter { $0.value >= 0 }
    }
}
