import ArgumentParser

/// Everything about labelled images as files; one file here for each verb.
struct DatasetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset", abstract: "Look at labelled images and bring them from one format into another.",
        subcommands: [DatasetInspectCommand.self, DatasetConvertCommand.self])
}
