package import Resources

/// Filling in the expressions of a job's command.
package enum CommandTemplate {
    /// The command with every expression replaced by its value: literals as they are, data as its local path.
    ///
    /// - `$[[ … ]]` is dropped when an input named inside it is among `optionalInputs` and has no value; else its
    ///   brackets go and its content stays.
    /// - An expression without a value is a problem that lists the names there are.
    package static func render(
        _ command: String, inputs: [String: String], outputs: [String: String] = [:], searchSpace: [String: String] = [:],
        optionalInputs: Set<String> = []
    ) throws(Problem) -> String {
        var problems: [Problem] = []
        let lookup: (Expression) -> String? = { expression in
            switch expression.meaning {
            case .input(let name): inputs[name]
            case .output(let name): outputs[name]
            case .searchSpace(let name): searchSpace[name]
            default: nil
            }
        }
        var result = ""
        for piece in Expression.pieces(of: withoutAbsentBlocks(command, inputs: inputs, optionalInputs: optionalInputs)) {
            switch piece {
            case .text(let text): result += text
            case .expression(let expression):
                if let value = lookup(expression) {
                    result += value
                } else {
                    problems.append(unknown(expression, inputs: inputs, outputs: outputs, searchSpace: searchSpace))
                }
            }
        }
        guard problems.isEmpty else { throw Problem.joining(problems, about: "the command") }
        return result
    }

    private static func withoutAbsentBlocks(_ command: String, inputs: [String: String], optionalInputs: Set<String>) -> String {
        var result = ""
        var rest = command[...]
        while let open = rest.firstRange(of: "$[["), let close = rest[open.upperBound...].firstRange(of: "]]") {
            let block = rest[open.upperBound..<close.lowerBound]
            let isAbsent = Expression.all(in: String(block)).contains { expression in
                guard case .input(let name) = expression.meaning else { return false }
                return inputs[name] == nil && optionalInputs.contains(name)
            }
            result += rest[..<open.lowerBound]
            if !isAbsent { result += block }
            rest = rest[close.upperBound...]
        }
        return result + rest
    }

    private static func unknown(
        _ expression: Expression, inputs: [String: String], outputs: [String: String], searchSpace: [String: String]
    ) -> Problem {
        func list(_ names: some Collection<String>, _ prefix: String) -> String {
            names.isEmpty ? "the job has none" : "known: " + names.sorted().map { "${{\(prefix).\($0)}}" }.joined(separator: ", ")
        }
        let advice =
            switch expression.meaning {
            case .input: "no such input; \(list(inputs.keys, "inputs"))"
            case .output: "no such output; \(list(outputs.keys, "outputs"))"
            case .searchSpace: "no such parameter; \(list(searchSpace.keys, "search_space"))"
            case .parentInput, .parentOutput, .parentJobInput, .parentJobOutput:
                "parent belongs to the inputs and outputs of a pipeline's step, not to a command; bind it to an input of the step"
            default: "write ${{inputs.NAME}}, ${{outputs.NAME}} or, in a sweep, ${{search_space.NAME}}"
            }
        return Problem(.invalidInput, "\(expression.text): \(advice)", target: "command")
    }
}
