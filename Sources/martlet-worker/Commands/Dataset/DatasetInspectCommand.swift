import ArgumentParser
import DatasetFormats
import Foundation

/// Tells what a dataset is and what is in it.
struct DatasetInspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Tell the format by looking, and count images, boxes and classes.",
        discussion: "Exits with 1 when there is no dataset; faults that could be read around are listed and change nothing.")

    @OptionGroup var source: DatasetSourceOptions

    @Option(name: .shortAndLong, help: "table or json.")
    var output = DatasetOutput.table

    func run() throws {
        var progress = DatasetProgress("reading")
        let summary = try DatasetSummary(of: source.path, format: source.format, images: source.images) { progress.show($0, $1) }
        switch output {
        case .json: FileHandle.standardOutput.write(try prettyJSON(summary))
        case .table: print(DatasetTable(summary: summary).text)
        }
    }
}

/// A summary as aligned text.
struct DatasetTable {
    let summary: DatasetSummary

    var text: String {
        var lines = ["format   \(summary.format) (\(summary.title)): \(summary.evidence)", "images   \(summary.images) in \(summary.imageFolder)"]
        if summary.imagesWithoutObjects > 0 { lines.append("         \(summary.imagesWithoutObjects) of them without objects") }
        lines.append("objects  \(summary.objects)")
        if summary.crowds > 0 { lines.append("         \(summary.crowds) of them crowds") }
        if summary.difficult > 0 { lines.append("         \(summary.difficult) of them difficult") }
        if !summary.splits.isEmpty {
            lines.append("splits   " + summary.splits.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        }
        let width = max(16, summary.categories.map(\.name.count).max() ?? 0) + 2
        func row(_ name: String, _ objects: String, _ images: String) -> String {
            let cells = [objects, images].map { String(repeating: " ", count: max(1, 10 - $0.count)) + $0 }.joined()
            return name.padding(toLength: width, withPad: " ", startingAt: 0) + cells
        }
        lines.append(row("class", "objects", "images"))
        lines += summary.categories.map { row($0.name, "\($0.objects)", "\($0.images)") }
        if summary.issueCount > 0 {
            lines.append("issues   \(summary.issueCount), \(summary.errorCount) of them left something out")
            lines += summary.issues.prefix(20).map { "  \($0)" }
            if summary.issueCount > 20 { lines.append("  … and \(summary.issueCount - 20) more (-o json)") }
        }
        return lines.joined(separator: "\n")
    }
}
