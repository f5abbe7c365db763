import Foundation

/// A model file with the card beside it.
package struct ModelFile: Sendable {
    package let path: String
    package let card: ModelCard?

    init(path: String) throws {
        self.path = path
        card = try ModelCard.beside(path)
    }

    /// The weights of a YOLOv8 detector (`.safetensors` with its card, or a `.pt` of Ultralytics) with what is known of it.
    ///
    /// - Throws: `InferenceError` when the file is damaged or of another family, or its card is missing.
    package func detectorWeights() throws -> (weights: SafeTensors, card: ModelCard) {
        if fileExtension(path) == "pt" {
            let checkpoint = try UltralyticsCheckpoint(path: path)
            return (checkpoint.weights, card ?? checkpoint.card)
        }
        guard let card else { throw InferenceError("\(path) needs its card \(stem).json (architecture, names, imgsz) beside it") }
        return (try SafeTensors(path: path), card)
    }

    /// The file's name without its ending.
    var stem: String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return String(name.prefix(name.count - fileExtension(path).count - 1))
    }

    /// Opens an .onnx file: names and picture size come from the file, then from the card.
    func onnxDetector(
        engine: String, options: DetectorOptions, precisions: [Precision],
        load: (_ lanes: Int, _ threads: Int?, _ precision: Precision) throws -> LibraryModel
    ) throws -> NetworkDetector {
        let description = try ONNXDescription(path: path)
        let side = description.inputSize ?? card?.imgsz ?? 640
        guard (32...4096).contains(side) else {
            throw InferenceError("\(path) takes pictures of \(side) pixels; between 32 and 4096 can be served")
        }
        let (lanes, threads) = options.layout(side: side)
        // The card allows a precision; an engine that does not know it computes exactly.
        let precision = options.precision ?? card?.precision.flatMap { precisions.contains($0) ? $0 : nil } ?? .float32
        func detector(_ batch: NetworkInput.Batch) throws -> NetworkDetector {
            let model = try load(lanes, threads, precision)
            return try NetworkDetector(
                input: NetworkInput(side: side, takesOtherSides: description.hasFreeSides, batch: batch),
                classNames: description.names ?? card?.names, engine: engine, modelPath: path,
                settings: card?.settings ?? DetectionSettings(), lanes: lanes
            ) { _ in try model.lane() }
        }
        do {
            return try detector(description.batch(side: side))
        } catch is NetworkDetector.BatchRefusal {
            return try detector(.upTo(1))
        }
    }
}

/// What can be served in a place: a model file, or a folder with one model in one or more formats. The folder may lie
/// inside folders that hold nothing else, as below `AZUREML_MODEL_DIR`.
package struct ModelFolder: Sendable {
    /// By ending, one of `AllBackends.fileTypes`. Never empty.
    package let files: [String: ModelFile]

    private static let usualNames = ["best", "model", "last"]
    private static let deepest = 6

    /// - Throws: `InferenceError` that says what was found instead and how to get a file that can be served.
    package init(path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw InferenceError("there is no model at \(path); check the path or AZUREML_MODEL_DIR")
        }
        guard isFolder.boolValue else {
            files = [fileExtension(path): try ModelFile(path: path)]
            guard AllBackends.fileTypes.contains(fileExtension(path)) else { throw Self.refusal(of: [path], in: path) }
            return
        }
        files = try Self.search(path, depth: 0)
    }

    private static func search(_ folder: String, depth: Int) throws -> [String: ModelFile] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            .filter { !$0.hasPrefix(".") && $0 != "__pycache__" }
        let paths = names.map { (folder.hasSuffix("/") ? folder : folder + "/") + $0 }
        var found: [String: ModelFile] = [:]
        for type in AllBackends.fileTypes {
            let candidates = paths.filter { fileExtension($0) == type }
            guard !candidates.isEmpty else { continue }
            let usual = usualNames.lazy.compactMap { name in candidates.first { $0.hasSuffix("/\(name).\(type)") } }.first
            guard let chosen = usual ?? (candidates.count == 1 ? candidates[0] : nil) else {
                throw InferenceError(
                    "\(folder) holds several .\(type) models (\(names.filter { fileExtension($0) == type }.joined(separator: ", "))); "
                        + "name the file itself, or call the one to serve best.\(type)")
            }
            found[type] = try ModelFile(path: chosen)
        }
        guard found.isEmpty else { return found }
        let folders = paths.filter { isFolder($0) }
        if folders.count == 1, depth < deepest { return try search(folders[0], depth: depth + 1) }
        throw refusal(of: paths, in: folder)
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    private static func refusal(of paths: [String], in place: String) -> InferenceError {
        if let weights = paths.first(where: { ["pth", "pkl", "ckpt"].contains(fileExtension($0)) }) {
            return InferenceError(
                "\(weights) is a pickled file of unknown kind, which is never run here; export it to ONNX where it was trained, "
                    + "and deploy the .onnx file (a .pt of Ultralytics YOLOv8 is read as it is)")
        }
        let names = paths.compactMap { $0.split(separator: "/").last }.prefix(8).joined(separator: ", ")
        return InferenceError(
            "\(place) has no model that can be served (found \(names.isEmpty ? "nothing" : names)); "
                + "wanted is one of " + AllBackends.fileTypes.map { "." + $0 }.joined(separator: ", "))
    }
}
