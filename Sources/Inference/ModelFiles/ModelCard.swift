package import FoundationEssentials

/// What a model file does not say by itself: a small JSON file of the same name beside the weights
/// (`best.json` beside `best.safetensors` and `best.onnx`).
package struct ModelCard: Sendable, Hashable, Codable {
    /// For people and tools: `yolov8n`.
    package var architecture: String
    /// Class names in the order of the network's outputs.
    package var names: [String]
    /// Side in pixels of the square that the network was trained on.
    package var imgsz: Int
    /// Measured on the held-out images, such as `mAP50(coco)`.
    package var metrics: [String: Double]?
    /// Least score of a detection, 0 to 1.
    package var confidence: Double?
    /// Intersection over union above which two boxes of a class are one object.
    package var overlap: Double?
    /// At most this many objects per picture.
    package var maxDetections: Int?
    /// Names of the only classes to report.
    package var classes: [String]?
    /// `bf16` where the model has been found good enough in 16 bits.
    package var precision: Precision?

    private enum CodingKeys: String, CodingKey {
        case architecture, names, imgsz, metrics, confidence, overlap
        case maxDetections = "max_detections"
        case classes, precision
    }

    /// What counts as a detection by this card.
    package var settings: DetectionSettings {
        var settings = DetectionSettings()
        if let confidence { settings.confidence = confidence }
        if let overlap { settings.overlap = overlap }
        if let maxDetections { settings.maxDetections = maxDetections }
        settings.classes = classes.map { Set($0.compactMap(names.firstIndex)) }
        return settings
    }

    package init(architecture: String, names: [String], imgsz: Int, metrics: [String: Double]? = nil) {
        self.architecture = architecture
        self.names = names
        self.imgsz = imgsz
        self.metrics = metrics
    }

    /// The card as JSON with sorted keys, ready to be written.
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    /// Reads the card beside `modelPath`; nil when there is none, an error when it cannot be understood.
    static func beside(_ modelPath: String) throws -> ModelCard? {
        let path = String(modelPath.prefix(modelPath.count - fileExtension(modelPath).count)) + "json"
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { return nil }
        do {
            let card = try JSONDecoder().decode(ModelCard.self, from: data)
            guard !card.names.isEmpty, (32...4096).contains(card.imgsz) else {
                throw InferenceError("\(path): names must not be empty and imgsz must lie between 32 and 4096")
            }
            guard [card.confidence, card.overlap].allSatisfy({ (0...1).contains($0 ?? 0) }), (1...100_000).contains(card.maxDetections ?? 1)
            else { throw InferenceError("\(path): confidence and overlap must lie between 0 and 1, max_detections between 1 and 100000") }
            if let unknown = card.classes?.first(where: { !card.names.contains($0) }) {
                throw InferenceError("\(path): classes names \(unknown), which is none of the model's names")
            }
            return card
        } catch let error as InferenceError {
            throw error
        } catch {
            throw InferenceError("\(path) is not a model card: it must be JSON with architecture, names (a list) and imgsz (\(error))")
        }
    }
}

/// The part of a path after its last dot, lower-case; empty when there is none.
func fileExtension(_ path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: ".") else { return "" }
    return name[name.index(after: dot)...].lowercased()
}
