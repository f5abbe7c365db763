import Foundation
package import Resources

/// What a job's document will make happen, in sentences, and the traps that it walks into although nothing in it is wrong.
package struct JobForecast: Sendable {
    /// In the order of what happens.
    package private(set) var plan: [String] = []
    /// Each with the key it is about.
    package private(set) var warnings: [Problem] = []

    /// - Parameters:
    ///   - draft: of the job's document.
    ///   - document: for the places of warnings.
    package init(_ draft: Draft, document: YAMLDocument) {
        let properties = draft.body["properties"] ?? [:]
        var commands: [(target: String, spec: JSON)] = []
        describeUploads(draft)
        switch properties["jobType"]?.stringValue {
        case "Pipeline":
            commands = components(of: draft)
            describeSteps(properties)
        case "Sweep":
            commands = [("trial.command", (properties["trial"] ?? [:]).merging(properties.members("inputs", "outputs")))]
            describeSweep(properties)
        default:
            commands = [("command", properties)]
            plan.append("the command runs on \(Self.compute(properties["computeId"])), in \(Self.environment(properties["environmentId"], draft))")
        }
        for (target, spec) in commands { look(at: spec, target, document) }
        for upload in Self.all(draft).flatMap(\.uploads) where upload.purpose == .code { lookForTuples(upload.path) }
    }

    // MARK: What happens

    private static func all(_ draft: Draft) -> [Draft] { [draft] + draft.inlineAssets.flatMap { all($0.draft) } }

    private mutating func describeUploads(_ draft: Draft) {
        var seen: Set<String> = []
        for upload in Self.all(draft).flatMap(\.uploads) where seen.insert(upload.path).inserted {
            let purpose = upload.purpose == .code ? "as the job's code" : upload.purpose == .buildContext ? "as a build context" : "as data"
            plan.append("'\(upload.path)' is uploaded \(purpose), unless the server has the same bytes already")
        }
        let count = draft.inlineAssets.filter { $0.kind == ComponentAsset.path }.count
        if count > 0 { plan.append("\(count) component\(count == 1 ? "" : "s") without a name become anonymous ones, by content") }
    }

    private static func compute(_ id: JSON?) -> String {
        guard let name = id?.stringValue.map({ ResourceID(path: $0)?.name ?? $0 }) else { return "this machine" }
        return name == "local" || name == "serverless" ? "this machine" : "the compute '\(name)'"
    }

    private static func environment(_ id: JSON?, _ draft: Draft) -> String {
        guard let text = id?.stringValue else { return "the server's own Python, for no environment is named" }
        if text.isEmpty || draft.inlineAssets.contains(where: { $0.kind == EnvironmentAsset.path }) { return "the environment written in the document" }
        return "the environment '\(Printing(workspace: nil).short(text))'"
    }

    private mutating func describeSteps(_ properties: JSON) {
        guard let edges = properties["jobs"]?.pipelineEdges, !edges.isEmpty else { return }
        var left = edges
        var wave = 1
        while !left.isEmpty {
            let due = left.filter { $0.value.allSatisfy { left[$0] == nil } }.keys.sorted()
            // A circle was refused before; a broken one must not loop for ever.
            guard !due.isEmpty else { return }
            plan.append(wave == 1 ? "first: \(due.joined(separator: ", "))" : "then, with their results: \(due.joined(separator: ", "))")
            for name in due { left[name] = nil }
            wave += 1
        }
        if properties.value(at: "settings", "continue_on_step_failure")?.boolValue != true {
            plan.append("a step that fails stops the others (settings.continue_on_step_failure is false)")
        }
    }

    private mutating func describeSweep(_ properties: JSON) {
        let total = properties.value(at: "limits", "maxTotalTrials")?.integerValue ?? 1000
        let concurrent = properties.value(at: "limits", "maxConcurrentTrials")?.integerValue ?? total
        let sampling = properties.value(at: "samplingAlgorithm", "samplingAlgorithmType")?.stringValue ?? "Random"
        plan.append(
            "up to \(total) trials, \(concurrent) at once, as jobs NAME_0, NAME_1, …; the best has the "
                + "\(properties.value(at: "objective", "goal") == "Maximize" ? "greatest" : "least") "
                + "'\(properties.value(at: "objective", "primaryMetric")?.stringValue ?? "")' that it logs")
        if sampling == "Bayesian" {
            warn("sampling_algorithm", "bayesian sampling is not offered by Martlet; values are drawn at random instead", nil)
        }
    }

    // MARK: Traps

    /// The anonymous command components of steps, by the step's key.
    private func components(of draft: Draft) -> [(String, JSON)] {
        draft.inlineAssets.filter { $0.kind == ComponentAsset.path }.flatMap { asset -> [(String, JSON)] in
            let step = asset.pointer.drop { $0 != "jobs" }.dropFirst().first ?? "component"
            let spec = asset.draft.body[path: ["properties", "componentSpec"]] ?? [:]
            return (spec["command"] == nil ? [] : [("jobs.\(step).command", spec)]) + components(of: asset.draft)
        }
    }

    private mutating func look(at spec: JSON, _ target: String, _ document: YAMLDocument) {
        guard let command = spec["command"]?.stringValue else { return }
        let location = target.split(separator: ".").reduce(Optional(document.root)) { $0?[String($1)] }?.location
        if let lost = Self.comment(in: command) {
            warn(
                target,
                "a '#' begins a comment: the shell never sees '\(lost.count > 60 ? lost.prefix(57) + "…" : lost)'. In a folded text "
                    + "(>-) YAML keeps comments as text and joins the lines; move the comment out of the command", location)
        }
        let named = Set(Expression.all(in: command).map(\.meaning))
        for output in (spec["outputs"]?.objectValue?.keys ?? []).sorted() where !named.contains(.output(output)) {
            warn(target, "the output '\(output)' is declared, but the command never names ${{outputs.\(output)}}: it will be empty", location)
        }
        for input in (spec["inputs"]?.objectValue?.keys ?? []).sorted() where !named.contains(.input(input)) {
            warn(target, "the input '\(input)' is declared, but the command never names ${{inputs.\(input)}}", location)
        }
        if spec["outputs"]?.objectValue?.isEmpty ?? true {
            plan.append("'\(target)' has no outputs: only what it writes to ./outputs and logs to MLflow is kept")
        }
    }

    /// What a shell drops because a `#` begins a word outside quotes; `nil` when nothing follows or nothing is dropped.
    static func comment(in command: String) -> String? {
        var quote: Character?
        var previous: Character = " "
        for index in command.indices {
            let character = command[index]
            if let open = quote {
                if character == open, previous != "\\" || open == "'" { quote = nil }
            } else if (character == "'" || character == "\"") && previous != "\\" {
                quote = character
            } else if character == "#", previous.isWhitespace || previous == ";" {
                let lost = command[command.index(after: index)...].prefix { !$0.isNewline }.drop(while: \.isWhitespace)
                // A comment on a line of its own loses nothing that was meant to run.
                let line = command[..<index].split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
                let isWholeLine = line.allSatisfy(\.isWhitespace) && command[index...].contains(where: \.isNewline)
                return lost.isEmpty || isWholeLine ? nil : String(lost)
            }
            previous = character
        }
        return nil
    }

    private mutating func lookForTuples(_ path: String) {
        let folder = LocalPath.isFolder(path) ? path : URL(fileURLWithPath: path).deletingLastPathComponent().path
        for name in ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() where name.hasSuffix(".py") {
            guard let text = LocalPath.text("\(folder)/\(name)") else { continue }
            for line in Self.tupleReturns(in: text) {
                warnings.append(
                    Problem(
                        .invalidInput,
                        "run() returns a tuple: Azure ML makes a list of it and answers 200, not the status in it; "
                            + "return an AMLResponse(content, status) instead", target: name,
                        location: .init(file: "\(folder)/\(name)", line: line, column: 1)))
            }
        }
    }

    /// Lines of a scoring script (one with `init()` and `run()`) on which `run` returns `something, 400`.
    static func tupleReturns(in script: String) -> [Int] {
        let lines = script.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.contains(where: { $0.hasPrefix("def init(") }) else { return [] }
        var found: [Int] = []
        var isInRun = false
        for (index, line) in lines.enumerated() {
            if let first = line.first, !first.isWhitespace, first != "#" { isInRun = line.hasPrefix("def run(") }
            let code = line.drop(while: \.isWhitespace)
            guard isInRun, code.hasPrefix("return ") else { continue }
            let last = code.split(separator: ",").last.map { $0.filter { !$0.isWhitespace && $0 != ")" } } ?? ""
            if code.contains(","), last.count == 3, let status = Int(last), 100...599 ~= status { found.append(index + 1) }
        }
        return found
    }

    private mutating func warn(_ target: String, _ message: String, _ location: Problem.Location?) {
        warnings.append(Problem(.invalidInput, "'\(target)': \(message)", target: target, location: location))
    }
}

extension JSON {
    fileprivate func members(_ names: String...) -> JSON {
        .object(JSONObject(names.compactMap { name in self[name].map { (name, $0) } }))
    }
}
