import ArgumentParser

/// Everything about labelled images as files; one file here for each verb.
struct DatasetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset", abstract: "Inspect, check, convert, divide and compare folders of labelled images.",
        subcommands: [
            DatasetInspectCommand.self, DatasetValidateCommand.self, DatasetConvertCommand.self, DatasetSplitCommand.self, DatasetStatsCommand.self,
            DatasetDiffCommand.self,
        ])
}
