import Detection
import Foundation

/// A report as aligned text.
struct ReportTable {
    let report: DetectionReport

    var text: String {
        let width = max(16, report.perClass.map(\.name.count).max() ?? 0) + 2
        func row(_ name: String, _ cells: [String]) -> String {
            name.padding(toLength: width, withPad: " ", startingAt: 0)
                + cells.map { String(repeating: " ", count: max(1, 10 - $0.count)) + $0 }.joined()
        }
        var lines = [
            "protocol \(report.protocolName): \(report.imageCount) images, \(report.truthCount) objects, "
                + "\(report.detectionCount) detections",
            row("class", ["objects", "AP", "AP50"]),
        ]
        lines += report.perClass.map { row($0.name, ["\($0.truthCount)", Self.number($0.ap), Self.number($0.ap50)]) }
        lines.append(row("all", ["\(report.truthCount)", Self.number(report.meanAveragePrecision), Self.number(report.at50)]))
        lines.append(
            "mAP50-95 \(Self.number(report.meanAveragePrecision))  mAP50 \(Self.number(report.at50))  "
                + "mAP75 \(Self.number(report.at75))")
        if let best = report.bestF1 {
            lines.append(
                "best F1 \(Self.number(best.f1)) at confidence \(Self.number(best.threshold)): "
                    + "precision \(Self.number(best.precision)), recall \(Self.number(best.recall))")
        }
        return lines.joined(separator: "\n")
    }

    /// −1 stands for "nothing to measure".
    private static func number(_ value: Double) -> String { value < 0 ? "-" : String(format: "%.4f", value) }
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
        if let bestF1 {
            all["metrics/precisionB"] = bestF1.precision
            all["metrics/recallB"] = bestF1.recall
        }
        return all.filter { $0.value >= 0 }
    }
}
