import CInferenceABI

/// OpenVINO's C library, found in the `openvino` Python package or in the system: the fastest on a CPU. Computes in 32-bit
/// floats unless asked; its own default on newer processors is bfloat16, which moves boxes by a pixel.
package struct OpenVINOBackend: DetectorBackend {
    package let name = "openvino"
    package let summary = "OpenVINO on the CPU"
    package let fileTypes = ["onnx"]
    package let precisions = [Precision.float32, .bfloat16]

    package init() {}

    package func availability(in search: EngineSearch) -> EngineAvailability {
        library(search).map(EngineAvailability.ready) ?? .missing(EngineSearch.installCommand)
    }

    package func open(_ model: ModelFile, options: DetectorOptions) throws -> NetworkDetector {
        guard let library = library(options.search) else { throw InferenceError("run `\(EngineSearch.installCommand)`") }
        return try model.onnxDetector(engine: name, options: options, precisions: precisions) { lanes, threads, precision in
            try LibraryModel(
                library: library, model: model.path, lanes: lanes, threads: threads, precision: precision, open: ci_openvino_open)
        }
    }

    package func describe(in search: EngineSearch) throws -> EngineDescription {
        guard let library = library(search) else { throw InferenceError("run `\(EngineSearch.installCommand)`") }
        return try LibraryMessage.description { ci_openvino_describe(library, $0, $1) }
    }

    private func library(_ search: EngineSearch) -> String? {
        search.library("libopenvino_c.so", packageFolder: "openvino/libs")
    }
}
