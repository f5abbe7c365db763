import ArgumentParser

/// Which dataset, for the verbs that read one.
struct DatasetSourceOptions: ParsableArguments {
    @Argument(help: "A folder or label file.")
    var path: String

    @Option(help: "The format, when looking is not enough: \(DatasetFormatNames.all).")
    var format: String?

    @Option(help: "The folder of the images, when it is not beside the labels.")
    var images: String?

    func validate() throws { try DatasetFormatNames.check(format) }
}
