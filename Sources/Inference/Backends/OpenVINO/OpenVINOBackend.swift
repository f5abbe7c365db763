import CInferenceABI

/// OpenVINO's C library, found in the `openvino` Python package or in the system: the fastest on a CPU. Computes in 32-bit
/// floats; its own default on newer processors is bfloat16, which moves boxes by a pixel.
package struct OpenVINOBackend: DetectorBackend {
    package let name = "openvino"
    package let summary = "OpenVINO on the CPU, 32-bit floats"
    package let fileTypes = ["onnx"]

    package init() {}

    package func availability(in search: EngineSearch) -> EngineAvailability {
        library(search).map(EngineAvailability.ready) ?? .missing(EngineSearch.installCommand)
    }

    package func open(_ model: ModelFile, options: DetectorOptions) throws -> NetworkDetector {
        guard let library = library(options.search) else { throw InferenceError("run `\(EngineSearch.installCommand)`") }
        return try model.onnxDetector(engine: name) {
            try LibraryNetwork(library: library, model: model.path, threads: options.threads, open: ci_openvino_open)
        }
    }

    private func library(_ search: EngineSearch) -> String? {
        search.library("libopenvino_c.so", packageFolder: "openvino/libs")
    }
}
