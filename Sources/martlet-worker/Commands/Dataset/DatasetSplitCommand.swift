import ArgumentParser
import DatasetFormats
import DatasetQuality
import Foundation

/// Divides a dataset.
struct DatasetSplitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split", abstract: "Divide a dataset into train, val and test.",
        discussion: """
            Images that are the same or look the same stay together, and every part gets its share of every class as well as that allows. What goes \
            where depends on what is in the files and on --seed, not on names or order. Splits that the dataset has already are not looked at. A \
            format that cannot hold splits gets a folder for each part.
            """)

    @OptionGroup var source: DatasetSourceOptions

    @Argument(help: "The folder to write into, new or empty. Without it the division is only printed.")
    var target: String?

    @Option(help: "Shares of the images by part.")
    var parts = "train=0.8,val=0.1,test=0.1"

    @Option(help: "Another number gives another division.")
    var seed: UInt64 = 0

    @Option(help: "The format to write; that of the source when not given.")
    var to: String?

    @Flag(name: .customLong("no-images"), help: "Write labels only. Otherwise image files come along, as hard links where that is possible.")
    var leavesImages = false

    @Option(name: .shortAndLong, help: "table or json.")
    var output = DatasetOutput.table

    func validate() throws {
        try DatasetFormatNames.check(to)
        _ = try wanted()
    }

    private func wanted() throws -> [DatasetDivision.Part] {
        try parts.split(separator: ",").map { text in
            let pair = text.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, let share = Double(pair[1]), share.isFinite, share > 0,
                pair[0].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
            else { throw ValidationError("--parts is a list like train=0.8,val=0.2, not '\(text)'") }
            return DatasetDivision.Part(String(pair[0]), share)
        }
    }

    func run() async throws {
        var progress = DatasetProgress("looking at")
        let survey = try await DatasetSurvey(of: source.path, format: source.format, imageFolder: source.images) { progress.show($0, $1) }
        let division = try DatasetDivision(survey, into: try wanted(), seed: seed)
        let report =
            try target.map { target in
                try division.write(to: target, as: try AllFormats.named(orThrow: to ?? survey.format), bringsImages: !leavesImages)
            } ?? division.report
        switch output {
        case .json: FileHandle.standardOutput.write(try prettyJSON(report))
        case .table: print(report.text)
        }
        if let target { Talk.say("wrote \(target)") }
    }
}
