import Detection
import Foundation
import Glibc

/// From one format to another, one image at a time: find the format, read, write, account for what was lost.
///
/// Everything goes into a hidden folder inside the target and is moved out of it when it is complete, so that a target either has the
/// whole set or nothing of it.
package struct DatasetConversion: Sendable {
    /// How far it is: images gone by, of how many.
    package typealias Progress = (_ done: Int, _ total: Int) -> Void

    package var source: String
    package var target: String
    /// Names of formats; that of the source is found by looking when nil.
    package var from: String?
    package var to: String
    /// The folder of the image files, when it is not beside the labels.
    package var imageFolder: String?
    /// Whether the image files are brought along.
    package var bringsImages: Bool

    package init(_ source: String, into target: String, from: String? = nil, to: String, imageFolder: String? = nil, bringsImages: Bool = true) {
        self.source = source
        self.target = target
        self.from = from
        self.to = to
        self.imageFolder = imageFolder
        self.bringsImages = bringsImages
    }

    private var staging: String { DatasetFolder.join(target, ".conversion.partial") }

    /// - Parameter progress: called every hundred images or so, and at the end.
    package func run(progress: Progress = { _, _ in }) throws(DatasetError) -> ConversionReport {
        let reading = try AllFormats.format(named: from, at: source), writing = try AllFormats.named(orThrow: to)
        guard DatasetFolder.entries(of: target).isEmpty, !DatasetFolder.exists(target) || DatasetFolder.isFolder(target) else {
            throw DatasetError(file: target, message: "is not an empty folder; what is there would be mixed with what is written. Name a new folder")
        }
        try? FileManager.default.removeItem(atPath: staging)
        let isNew = !DatasetFolder.exists(target)
        do throws(DatasetError) {
            let report = try convert(reading, writing, progress)
            for name in DatasetFolder.entries(of: staging) {
                let place = DatasetFolder.join(target, name)
                guard rename(DatasetFolder.join(staging, name), place) == 0 else {
                    throw DatasetError(file: place, message: "cannot be put in place: \(String(cString: strerror(errno)))")
                }
            }
            try? FileManager.default.removeItem(atPath: staging)
            return report
        } catch {
            try? FileManager.default.removeItem(atPath: isNew ? target : staging)
            throw error
        }
    }

    private func convert(
        _ reading: any DatasetFormat.Type, _ writing: any DatasetFormat.Type, _ progress: Progress
    ) throws(DatasetError) -> ConversionReport {
        var reader = try reading.open(at: source, images: imageFolder)
        var sink = try DatasetSink(writing, to: staging, categories: reader.categories, images: bringsImages ? .optional(reader.imageRoot) : .none)
        var log = IssueLog()
        var report = ConversionReport(
            from: reading.name, to: writing.name, images: 0, objects: 0, categories: reader.categories, splits: [:], losses: LossLedger(), issues: [],
            issueCount: 0)
        while let entry = try reader.next(&log) {
            try sink.add(entry)
            report.images += 1
            report.objects += entry.image.objects.count
            if let split = entry.split { report.splits[split, default: 0] += 1 }
            if report.images % 100 == 0 { progress(reader.position, reader.count) }
        }
        progress(reader.count, reader.count)
        report.losses = try sink.finish()
        report.losses.add(log)
        report.issues = Array(log.kept.prefix(LossLedger.limit))
        report.issueCount = log.count
        var text = OutputText()
        text.bytes = try Self.json(report)
        try OutputFolder(staging).write(text, to: ConversionReport.fileName)
        return report
    }

    private static func json(_ report: ConversionReport) throws(DatasetError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return try Array(encoder.encode(report)) + [UInt8(ascii: "\n")]
        } catch {
            throw DatasetError(file: ConversionReport.fileName, message: "\(error)")
        }
    }
}
