/// Every engine, the fastest first (figures: docs on the engine). What is listed here is offered, tried and tested.
package enum AllBackends {
    package static let list: [any DetectorBackend] = [
        OpenVINOBackend(),
        ONNXRuntimeBackend(),
        NativeBackend(),
        TorchBackend(),
    ]

    /// Endings of model files that some engine reads.
    static let fileTypes = list.flatMap(\.fileTypes).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }

    /// Loads the model in a file or folder with the engine asked for, or else with the first one that can run a file that
    /// is there.
    /// - Throws: `InferenceError` that names every engine tried and what to do.
    package static func open(_ path: String, options: DetectorOptions = DetectorOptions()) throws -> NetworkDetector {
        let folder = try ModelFolder(path: path)
        var backends = list
        if let wanted = options.engine {
            backends = list.filter { $0.name == wanted }
            guard !backends.isEmpty else {
                throw InferenceError("there is no engine \(wanted); choose one of \(list.map(\.name).joined(separator: ", "))")
            }
        }
        var reasons: [String] = []
        for backend in backends {
            guard let file = backend.fileTypes.lazy.compactMap({ folder.files[$0] }).first else {
                if options.engine != nil {
                    reasons.append(
                        "\(backend.name) reads \(backend.fileTypes.map { "." + $0 }.joined(separator: ", ")), "
                            + "but \(path) has only \(folder.files.values.map(\.path).sorted().joined(separator: ", "))")
                }
                continue
            }
            if case .missing(let command) = backend.availability(in: options.search) {
                reasons.append("\(backend.name) is not installed (\(command))")
                continue
            }
            if let precision = options.precision, !backend.precisions.contains(precision) {
                reasons.append("\(backend.name) does not compute in \(precision.rawValue)")
                continue
            }
            do {
                return try backend.open(file, options: options)
            } catch {
                reasons.append("\(backend.name): \(error)")
            }
        }
        throw InferenceError("no engine runs the model in \(path): " + reasons.joined(separator: "; "))
    }
}
