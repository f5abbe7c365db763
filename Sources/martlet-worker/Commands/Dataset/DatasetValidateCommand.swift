import ArgumentParser
import DatasetQuality
import Foundation

/// Holds a dataset against its image files.
struct DatasetValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Find what is wrong with a dataset: files, labels, boxes, copies, splits, classes.",
        discussion: """
            Every image is decoded, on all cores. The checks are \(AllChecks.all.map { $0.name }.joined(separator: ", ")).
            Exits with 1 when there is an error, with --strict also when there is a warning.
            """)

    @OptionGroup var source: DatasetSourceOptions

    @Option(help: "Write a page with pictures of what was found to this file.")
    var html: String?

    @Flag(help: "Let warnings count as errors.")
    var strict = false

    @Option(name: .customLong("near"), help: "Bits of 64 in which the hashes of two pictures that look the same may differ, 0 to \(HashIndex.largestDistance).")
    var distance = DuplicateGroups.Likeness().distance

    @Option(name: .shortAndLong, help: "table or json.")
    var output = DatasetOutput.table

    func validate() throws {
        guard (0...HashIndex.largestDistance).contains(distance) else {
            throw ValidationError("--near is a number of bits from 0 to \(HashIndex.largestDistance)")
        }
    }

    func run() async throws {
        var progress = DatasetProgress("looking at")
        let survey = try await DatasetSurvey(
            of: source.path, format: source.format, imageFolder: source.images, likeness: .init(distance: distance)
        ) { progress.show($0, $1) }
        let report = QualityReport(survey)
        switch output {
        case .json: FileHandle.standardOutput.write(try prettyJSON(report))
        case .table: print(report.text())
        }
        if let html {
            try Data(try await QualityPage(report, of: survey).html.utf8).write(to: URL(filePath: html), options: .atomic)
            Talk.say("wrote \(html)")
        }
        let code = report.exitCode(strict: strict)
        if code != 0 { throw ExitCode(code) }
    }
}
