package import ArgumentParser

/// `martlet dataset …`: what looks at images is the worker's; what talks to the server is done here.
package struct DatasetCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "dataset", abstract: "Inspect, check, convert, divide, compare and register folders of labelled images.",
        discussion: """
            inspect PATH      tell the format by looking, and count
            validate PATH     find what is wrong with files, labels, boxes, copies, splits and classes
            convert IN OUT    write in another format
            split IN OUT      divide into train, val and test
            stats PATH        count sizes, shapes and places, with plots
            diff A B          tell what changed between two versions

            Each has a --help of its own.
            """,
        subcommands: [DatasetImport.self, DatasetWork.self], defaultSubcommand: DatasetWork.self)

    package init() {}
}

/// Every other verb of `dataset`, as it was typed.
package struct DatasetWork: WorkerCommand {
    package static let configuration = CommandConfiguration(commandName: "dataset", shouldDisplay: false)
    @Argument(parsing: .captureForPassthrough) package var words: [String] = []

    package init() {}
}
