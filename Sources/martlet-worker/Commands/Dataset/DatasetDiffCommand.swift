import ArgumentParser
import DatasetQuality
import Foundation

/// Tells what changed between two versions of a dataset.
struct DatasetDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Tell what changed from one version of a dataset to another: images, boxes, classes.",
        discussion: """
            Images are the same when their files hold the same, whatever their names; without image files names decide. Objects are the same when \
            class and place agree (intersection over union \(BoxChanges.leastOverlap) or more). The formats of the two may differ.
            """)

    @Argument(help: "The version before: a folder or label file.")
    var before: String

    @Argument(help: "The version after.")
    var after: String

    @Option(name: .customLong("images-before"), help: "The folder of the images, when it is not beside the labels.")
    var imagesBefore: String?

    @Option(name: .customLong("images-after"), help: "The same for the version after.")
    var imagesAfter: String?

    @Option(name: .shortAndLong, help: "table or json.")
    var output = DatasetOutput.table

    func run() async throws {
        var progress = DatasetProgress("reading")
        let first = try await DatasetSurvey(of: before, imageFolder: imagesBefore, depth: .bytes) { progress.show($0, $1) }
        progress = DatasetProgress("reading")
        let second = try await DatasetSurvey(of: after, imageFolder: imagesAfter, depth: .bytes) { progress.show($0, $1) }
        let difference = DatasetDifference(from: first, to: second)
        switch output {
        case .json: FileHandle.standardOutput.write(try prettyJSON(difference))
        case .table: print(difference.text())
        }
    }
}
