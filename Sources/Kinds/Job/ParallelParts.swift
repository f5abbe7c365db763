import Resources

/// What parallel components and the steps that use them say: how an entry script's `run(mini_batch)` goes over data.
enum ParallelParts {
    /// Keys that a component gives and a step may change.
    static func settings(_ base: String) -> [Field] {
        [
            Field("input_data", .string, base + "input_data", "The input that is cut into mini-batches: ${{inputs.NAME}}."),
            Field("mini_batch_size", .text, base + "mini_batch_size", "Files per mini-batch, or bytes of a table: 10, 10kb, 1mb."),
            Field("partition_keys", .custom(partitionKeys), base + "partition_keys", "Columns whose values make the mini-batches."),
            Field(
                "max_concurrency_per_instance", .integer(1...10_000), base + "max_concurrency_per_instance", "Processes per node."),
            Field(
                "error_threshold", .integer(-1...Int64(Int32.max)), base + "error_threshold",
                "Failed items that are allowed; -1 for any number."),
            Field(
                "mini_batch_error_threshold", .integer(-1...Int64(Int32.max)), base + "mini_batch_error_threshold",
                "Failed mini-batches that are allowed; -1 for any number."),
            Field(
                "retry_settings",
                .shape(
                    Shape(
                        "Trying again.",
                        fields: [
                            Field("max_retries", .integer(0...1000), "max_retries", "How often a mini-batch is tried again."),
                            Field("timeout", .integer(1...259_200), "timeout", "Seconds per mini-batch."),
                        ])), base + "retry_settings", "Trying again."),
            Field("logging_level", .choice(["DEBUG", "INFO", "WARN", "WARNING"]), base + "logging_level", "How much is logged."),
        ]
    }

    static let task = Shape(
        "The code of a mini-batch.",
        fields: [
            Field("type", .choice(["run_function", "function", "model"]), "type", required: true, "run_function."),
            Field("code", .path(.code), "code", "Folder that is copied to the job."),
            Field("entry_script", .text, "entry_script", "Python file with init() and run(mini_batch)."),
            Field("program_arguments", .string, "program_arguments", "Arguments of the script, with ${{inputs.NAME}}."),
            Field("model", .string, "model", "A model input."),
            Field("append_row_to", .string, "append_row_to", "The output that gets what run() returns: ${{outputs.NAME}}."),
            Field(
                "environment", .custom(EnvironmentAsset.embedded), "environment", required: true,
                "azureml:NAME:VERSION, or an environment itself."),
        ])

    /// The keys that belong to the component when a step writes it in place.
    static let componentKeys = Set(settings("").map(\.key) + ["task", "display_name", "description", "is_deterministic"])

    /// A list in the document, its JSON text on the wire.
    private static let partitionKeys = CustomType(
        schema: ["type": "array", "items": ["type": "string"]],
        read: { node, reading, place in
            FieldType.list(.text).read(node, &reading, place).map { .string($0.text()) }
        },
        print: { value, _ in value.stringValue.flatMap { try? JSON(parsing: $0) } ?? value })
}
