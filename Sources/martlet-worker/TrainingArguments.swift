import ArgumentParser
import DetectorTraining
import Foundation
import Yams

/// What a training was called with: the words of the command line over an arguments file over the defaults (or over the
/// settings of the interrupted training that is to go on).
struct TrainingArguments {
    let settings: TrainingSettings
    let data: DataOptions
    /// Names in the file that mean nothing here.
    let foreign: [String]

    init(words: [String], file: String?, data: String?, images: String?, annotations: String?, output: String) throws {
        let given = try Self.pairs(words)
        let inFile = try file.map(Self.read) ?? [:]
        let isResumed = given.last { $0.name == "resume" }.map(\.value) ?? inFile["resume"] ?? "false"
        var settings = isResumed.lowercased() == "true" ? try Trainer.interruptedSettings(in: output) ?? TrainingSettings() : TrainingSettings()
        foreign = try settings.set(arguments: inFile.filter { $0.key != "data" })
        for pair in given where pair.name != "data" { try settings.set(pair.name, to: pair.value) }
        try settings.validate()
        self.settings = settings

        let path = annotations == nil ? data ?? given.last { $0.name == "data" }?.value ?? inFile["data"] : data
        let options = [("--data", path), ("--images", images), ("--annotations", annotations)]
        self.data = try DataOptions.parse(options.flatMap { name, value in value.map { [name, $0] } ?? [] })
    }

    /// Pairs of name and value in any of three spellings; a name without a value is switched on.
    private static func pairs(_ words: [String]) throws -> [(name: String, value: String)] {
        var pairs: [(String, String)] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            let isOption = word.hasPrefix("--")
            let parts = word.drop { $0 == "-" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = (parts.first ?? "").replacingOccurrences(of: "-", with: "_")
            guard isOption || parts.count == 2 else { throw ValidationError("\(word) is no setting; write --NAME VALUE or NAME=VALUE") }
            let value = parts.count == 2 ? parts[1] : rest.first.map { $0.hasPrefix("--") } == false ? rest.removeFirst() : "true"
            pairs.append((name, value))
        }
        return pairs
    }

    /// The scalars of a YAML mapping by their names; what is null is left out.
    private static func read(_ path: String) throws -> [String: String] {
        guard let bytes = FileManager.default.contents(atPath: path) else { throw ValidationError("--cfg: \(path) cannot be read") }
        let node: Node?
        do {
            node = try Yams.compose(yaml: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw ValidationError("--cfg: \(path) is no YAML: \(error)")
        }
        guard let mapping = node?.mapping else { throw ValidationError("--cfg: \(path) must be a mapping of settings, such as epochs: 60") }
        var arguments: [String: String] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string else { throw ValidationError("--cfg: \(path) has a key that is no name") }
            guard value.null == nil else { continue }
            guard let text = value.scalar?.string else {
                // A list means something in names that are left alone, such as classes.
                guard TrainingSettings.foreignNames.contains(name) else { throw ValidationError("--cfg: \(path): \(name) must be a single value") }
                continue
            }
            arguments[name] = text
        }
        return arguments
    }
}
