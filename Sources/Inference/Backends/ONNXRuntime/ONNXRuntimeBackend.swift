import CInferenceABI

/// ONNX Runtime's library, found in the `onnxruntime` Python package or in the system.
package struct ONNXRuntimeBackend: DetectorBackend {
    package let name = "onnxruntime"
    package let summary = "ONNX Runtime on the CPU"
    package let fileTypes = ["onnx"]

    package init() {}

    package func availability(in search: EngineSearch) -> EngineAvailability {
        library(search).map(EngineAvailability.ready) ?? .missing(EngineSearch.installCommand)
    }

    package func open(_ model: ModelFile, options: DetectorOptions) throws -> NetworkDetector {
        guard let library = library(options.search) else { throw InferenceError("run `\(EngineSearch.installCommand)`") }
        return try model.onnxDetector(engine: name, options: options, precisions: precisions) { lanes, threads, precision in
            try LibraryModel(
                library: library, model: model.path, lanes: lanes, threads: threads, precision: precision, open: ci_onnxruntime_open)
        }
    }

    package func describe(in search: EngineSearch) throws -> EngineDescription {
        guard let library = library(search) else { throw InferenceError("run `\(EngineSearch.installCommand)`") }
        return try LibraryMessage.description { ci_onnxruntime_describe(library, $0, $1) }
    }

    private func library(_ search: EngineSearch) -> String? {
        search.library("libonnxruntime.so", packageFolder: "onnxruntime/capi")
    }
}
