internal import BlobStore
internal import ControlPlane
internal import Foundation
internal import Kinds
internal import Resources

/// Brings a job's code and inputs to its folder and makes room for its outputs.
struct Materializer {
    let services: JobServices
    let job: ResourceID
    let folder: String

    /// What the command line's expressions stand for, and what the variables say.
    struct Bindings: Sendable, Equatable {
        /// Every input's text: the literal, or the local path.
        var inputs: [String: String] = [:]
        var literals: [String: String] = [:]
        var inputPaths: [String: String] = [:]
        var outputPaths: [String: String] = [:]
        var optional: Set<String> = []
    }

    /// The working directory with the job's code in it.
    func code(_ codeID: String?) async throws -> String {
        let path = folder + "/code"
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        if let codeID { try await services.blobs.materialise(services.locator.locate(codeID, in: job.workspace, kinds: ["codes"]), to: path, as: .copied) }
        return path
    }

    func bindings(_ properties: JobProperties, log: @Sendable (String) -> Void) async throws -> Bindings {
        var bindings = Bindings()
        for (name, input) in (properties.inputs ?? [:]).sorted(by: { $0.key < $1.key }) {
            if input.type == "literal" {
                let value = input.value ?? ""
                bindings.inputs[name] = value
                bindings.literals[name] = value
                continue
            }
            guard let uri = input.uri ?? input.value else {
                bindings.optional.insert(name)
                continue
            }
            let path = input.mode?.lowercased() == "direct" ? uri : try await materialise(name, uri, type: input.type)
            log("input \(name): \(uri) → \(path)")
            bindings.inputs[name] = path
            bindings.inputPaths[name] = path
        }
        for (name, output) in properties.outputs ?? [:] where output.type != "literal" {
            let path = "\(folder)/outputs/\(name)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            // A file output is a file the command will write, in a folder of its own.
            bindings.outputPaths[name] = output.type == "uri_file" ? path + "/\(name)" : path
        }
        return bindings
    }

    /// Inputs are hard links to the stored bytes where possible: ready at once, however large.
    private func materialise(_ name: String, _ uri: String, type: String) async throws -> String {
        let path = "\(folder)/inputs/\(name)"
        try? FileManager.default.removeItem(atPath: path)
        do {
            let kinds = type.hasSuffix("_model") ? ["models", "data"] : ["data", "models"]
            let address = try await services.locator.locate(uri, in: job.workspace, kinds: kinds)
            let isFile = try await services.blobs.find(address).map { _ in true } ?? false
            let target = isFile ? "\(path)/\(address.name.split(separator: "/").last.map(String.init) ?? name)" : path
            try await services.blobs.materialise(address, to: target)
            return target
        } catch let problem as Problem {
            throw Problem(problem.code, "input '\(name)' (\(uri)): \(problem.message)", target: "inputs.\(name)")
        }
    }
}
