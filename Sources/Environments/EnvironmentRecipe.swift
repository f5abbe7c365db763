internal import Foundation
package import Kinds
package import Resources

/// What an environment asks for, in the words of `uv`: a Python version and pip requirements, with a note for each line
/// that this machine cannot honour. Decided without touching anything.
package struct EnvironmentRecipe: Sendable, Hashable {
    /// A line of the build log about one line of the conda file.
    package struct Note: Sendable, Hashable {
        /// 1-based line of the conda file; 0 for the environment as a whole.
        package var line: Int
        package var text: String
        /// Names that a program would import and not find.
        package var missing: [String]
    }

    /// `3.10`; `nil` takes the machine's own Python.
    package var python: String?
    package var requirements: [String]
    package var notes: [Note]
    /// Whether a virtual environment is needed at all.
    package var needsEnvironment: Bool

    package init(_ properties: EnvironmentProperties) throws(Problem) {
        python = nil
        requirements = []
        notes = []
        needsEnvironment = properties.condaFile != nil
        if let image = properties.image, !image.hasPrefix("martlet/") {
            notes.append(
                Note(
                    line: 0,
                    text:
                        "image '\(image)': there is no container engine on this machine, so the image is not used; the command runs on this machine's own system",
                    missing: []))
        }
        if properties.build != nil {
            notes.append(
                Note(
                    line: 0,
                    text:
                        "build context: there is no container engine on this machine, so its Dockerfile is not run; give a conda_file to have its packages installed",
                    missing: []))
        }
        guard let text = properties.condaFile else { return }
        let document = try YAMLDocument(text: text, file: "conda_file")
        for node in document.root["dependencies"]?.elements ?? [] {
            if let pip = node["pip"] {
                for requirement in pip.elements ?? [] { addPip(requirement) }
            } else {
                addConda(node)
            }
        }
    }

    private mutating func note(_ node: YAMLNode, _ text: String, missing: [String] = []) {
        notes.append(Note(line: node.location.line, text: text, missing: missing))
    }

    private mutating func addPip(_ node: YAMLNode) {
        let text = (node.text ?? "").trimmingCharacters(in: .whitespaces)
        if text.hasPrefix("-") {
            note(node, "'\(text)': pip options are not taken from the conda file; list the packages themselves")
        } else if !text.isEmpty {
            requirements.append(text)
        }
    }

    private mutating func addConda(_ node: YAMLNode) {
        guard let text = node.text?.trimmingCharacters(in: .whitespaces) else {
            note(node, "a dependency must be a text such as 'numpy=1.26' or a list under 'pip:'")
            return
        }
        let spec = text.split(separator: "::").last.map(String.init) ?? text
        let words = spec.split(separator: " ").map(String.init)
        // `name version build` is conda's three-word form; `a b c` of names is the malformed line people write.
        if words.count > 1, !(words[1].first.map { $0.isNumber || "=<>!*".contains($0) } ?? false) {
            note(
                node, "'\(text)' is not a valid conda dependency: one line names one package; split it into \(words.count) lines. None of them is installed",
                missing: words.map { CondaPackage.importName(CondaPackage.name(of: $0)) })
            return
        }
        let package = CondaPackage(spec)
        switch package.name {
        case "python": python = package.version.map { $0.split(separator: ".").prefix(2).joined(separator: ".") }
        case "pip", "setuptools", "wheel": break
        default:
            if let requirement = package.requirement {
                requirements.append(requirement)
                if requirement.lowercased() != spec.lowercased().replacing("=", with: "=="), package.pipName != package.name {
                    note(node, "'\(text)' is installed from PyPI as '\(requirement)'")
                }
            } else {
                note(node, "'\(text)' exists only for conda; it is not installed", missing: [package.name])
            }
        }
    }

    /// What makes two environments the same; the build is named by it.
    package var identity: String {
        (["python \(python ?? "any")"] + requirements.sorted()).joined(separator: "\n") + "\n"
    }
}
