internal import CExecutionAssets
internal import Foundation
internal import Kinds
package import Resources

/// The Python program that runs a parallel step: one supervised job that keeps several processes busy with mini-batches.
package enum ParallelDriver {
    static let name = "martlet-parallel"

    /// Puts the program where jobs find it by name.
    /// - Parameter folder: on the `PATH` of jobs.
    package static func install(in folder: String) throws {
        let program = Data(bytes: parallel_driver_bytes(), count: parallel_driver_size())
        let file = "\(folder)/\(name)"
        try program.write(to: URL(filePath: file), options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    }

    /// The command line of a parallel step.
    /// - Parameters:
    ///   - spec: the component's specification.
    ///   - step: what the step says itself; goes before the component.
    package static func command(spec: JSON, step: JSON) throws(Problem) -> String {
        let task = spec["task"] ?? step["task"] ?? [:]
        func setting(_ key: String) -> String? { (step[key] ?? spec[key])?.literalText }
        func retry(_ key: String) -> String? { (step["retry_settings"]?[key] ?? spec["retry_settings"]?[key])?.literalText }
        guard let script = task["entry_script"]?.stringValue, let input = setting("input_data") else {
            throw Problem(.invalidInput, "a parallel step needs 'task.entry_script' and 'input_data'", target: "task")
        }
        let instances = (step["resources"] ?? spec["resources"])?["instance_count"]?.integerValue ?? 1
        let perInstance = Int64(setting("max_concurrency_per_instance") ?? "") ?? 1
        let (processes, isTooMany) = instances.multipliedReportingOverflow(by: perInstance)
        var words = [name, "--entry-script", quoted(script), "--input-data", "\"\(input)\"", "--processes", isTooMany ? "10000" : "\(processes)"]
        for (flag, value) in [
            ("--mini-batch-size", setting("mini_batch_size")), ("--partition-keys", setting("partition_keys")),
            ("--error-threshold", setting("error_threshold")), ("--mini-batch-error-threshold", setting("mini_batch_error_threshold")),
            ("--max-retries", retry("max_retries")), ("--timeout", retry("timeout")),
        ] {
            // A negative number would read as a flag of its own.
            if let value, !value.isEmpty { words.append("\(flag)=\(quoted(value))") }
        }
        if let output = task["append_row_to"]?.stringValue { words += ["--append-row-to", "\"\(output)\""] }
        return (words + ["--", task["program_arguments"]?.stringValue ?? ""]).joined(separator: " ")
    }

    /// The input that is cut into mini-batches, which must be on disk whatever its mode says.
    static func input(spec: JSON, step: JSON) -> String? {
        guard let text = (step["input_data"] ?? spec["input_data"])?.stringValue,
            case .input(let name)? = Expression.whole(text)?.meaning
        else { return nil }
        return name
    }

    private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
}
