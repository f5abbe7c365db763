import ArgumentParser
import DatasetFormats
import Foundation

/// Brings a dataset into another format.
struct DatasetConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Write a dataset in another format, with a report of what it could not hold.",
        discussion: """
            The target is a new or empty folder; it gets the whole set or nothing. What was dropped, cut, moved or renamed is printed and kept in \
            its \(ConversionReport.fileName). Losses do not change the exit code.
            """)

    @Argument(help: "A folder or label file.")
    var source: String

    @Argument(help: "The folder to write into.")
    var target: String

    @Option(help: "The format to write: \(DatasetFormatNames.all).")
    var to: String

    @Option(help: "The format of the source, when looking is not enough.")
    var format: String?

    @Option(help: "The folder of the images, when it is not beside the labels.")
    var images: String?

    @Flag(name: .customLong("no-images"), help: "Write labels only. Otherwise image files come along, as hard links where that is possible.")
    var leavesImages = false

    @Option(name: .shortAndLong, help: "table or json.")
    var output = DatasetOutput.table

    func validate() throws {
        try DatasetFormatNames.check(to)
        try DatasetFormatNames.check(format)
    }

    func run() throws {
        let conversion = DatasetConversion(source, into: target, from: format, to: to, imageFolder: images, bringsImages: !leavesImages)
        var progress = DatasetProgress("converting")
        let report = try conversion.run { progress.show($0, $1) }
        switch output {
        case .json: FileHandle.standardOutput.write(try prettyJSON(report))
        case .table:
            print(report.text, terminator: "")
            Talk.say(firstOf: report.issues.map(\.description))
            Talk.say("wrote \(target)/\(ConversionReport.fileName)")
        }
    }
}
