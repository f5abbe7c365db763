import Detection
import Foundation

/// The course of a training as `results.csv`, one line per epoch: a convenience beside the metrics of the run, so a disk
/// that refuses it does not end the training.
struct ResultsLog {
    let url: URL

    private static let header = "epoch,seconds,box_loss,cls_loss,dfl_loss,mAP50(coco),mAP50-95(coco),lr,images_per_second\n"

    func start() { try? Data(Self.header.utf8).write(to: url) }

    /// Keeps the lines up to `epoch`, as later ones are done again.
    func resume(after epoch: Int) {
        let text = FileManager.default.contents(atPath: url.path(percentEncoded: false)).map { String(decoding: $0, as: UTF8.self) } ?? Self.header
        let kept = text.split(separator: "\n").filter { line in
            Int(line.prefix { $0 != "," }).map { $0 <= epoch } ?? true
        }
        try? Data((kept.joined(separator: "\n") + "\n").utf8).write(to: url, options: .atomic)
    }

    func add(_ report: EpochReport) {
        func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
        let fields = [
            "\(report.epoch)", number(report.seconds, 1), number(Double(report.loss.box), 4), number(Double(report.loss.classes), 4),
            number(Double(report.loss.distribution), 4), report.validation.map { number($0.at50, 4) } ?? "",
            report.validation.map { number($0.meanAveragePrecision, 4) } ?? "", number(report.learningRate, 7),
            number(report.imagesPerSecond, 1),
        ]
        guard let handle = try? FileHandle(forWritingTo: url) else { return }
        defer { try? handle.close() }
        _ = try? handle.seekToEnd()
        try? handle.write(contentsOf: Data((fields.joined(separator: ",") + "\n").utf8))
    }
}
