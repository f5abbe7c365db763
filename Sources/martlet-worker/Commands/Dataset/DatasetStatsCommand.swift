import ArgumentParser
import DatasetQuality
import Foundation

/// Tells what a dataset is like.
struct DatasetStatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Count classes, sizes, shapes and places of boxes, with plots.")

    @OptionGroup var source: DatasetSourceOptions

    @Option(help: "Write the plots as PNG files into this folder.")
    var plots: String?

    @Option(help: "Write a page with the plots to this file.")
    var html: String?

    @Option(name: .shortAndLong, help: "table or json.")
    var output = DatasetOutput.table

    func run() throws {
        var progress = DatasetProgress("reading")
        let statistics = try DatasetStatistics(of: source.path, format: source.format, images: source.images) { progress.show($0, $1) }
        switch output {
        case .json: FileHandle.standardOutput.write(try prettyJSON(statistics))
        case .table: print(statistics.text)
        }
        if let plots {
            try statistics.writePlots(to: plots)
            Talk.say("wrote plots into \(plots)")
        }
        if let html {
            try Data(try statistics.html().utf8).write(to: URL(filePath: html), options: .atomic)
            Talk.say("wrote \(html)")
        }
    }
}
