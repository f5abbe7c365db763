package import Detection
import Foundation
import Imaging
package import Inference
package import TensorEngine

/// Measures a network on labelled images. The images are read and fitted into the network's square once and stay in
/// memory as long as there is room, as a training measures the same ones after every epoch.
package final class DetectorEvaluation {
    private let data: LabelledFolder
    private let size: Int
    private let batch: Int
    private let settings: DetectionSettings
    private var kept: [Int: FittedImage] = [:]
    private var failures: [Int: String] = [:]

    /// Images that could not be read so far, as sentences; they count as images without detections.
    package var problems: [String] { failures.sorted { $0.key < $1.key }.map(\.value) }

    private struct FittedImage {
        let pixels: [UInt8]
        let transform: Letterbox.Transform
    }

    package init(data: LabelledFolder, size: Int, batch: Int = 8, settings: DetectionSettings = .evaluation) {
        self.data = data
        self.size = size
        self.batch = max(1, batch)
        self.settings = settings
    }

    /// Runs a trained model (`best.safetensors` with its card `best.json` beside it) over a dataset. Classes meet by name,
    /// so their order may differ; detections of classes that the dataset does not know are left out.
    ///
    /// - Returns: per image of `data` its detections, best first, in pixels of the image and with the dataset's category
    ///   numbers; and the report.
    /// - Throws: when the file is no such model or shares no class with the dataset.
    package static func evaluate(
        weightsPath: String, data: LabelledFolder, engine: TensorEngine, settings: DetectionSettings = .evaluation,
        evaluator: any Evaluator = COCOEvaluator()
    ) throws -> (detections: [[DetectedObject]], report: DetectionReport) {
        let cardPath = (weightsPath as NSString).deletingPathExtension + ".json"
        guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: cardPath)),
            let card = try? JSONDecoder().decode(ModelCard.self, from: bytes), !card.names.isEmpty,
            let scale = DetectorScale(modelName: card.architecture), (64...2048).contains(card.imgsz), card.imgsz % 32 == 0
        else { throw TrainingError("\(cardPath) is missing or no card of a YOLOv8 model; keep it beside \(weightsPath)") }
        let places = card.names.map { data.dataset.categories.firstIndex(of: $0) }
        guard places.contains(where: { $0 != nil }) else {
            throw TrainingError("the model knows \(card.names), the dataset \(data.dataset.categories): no class in common")
        }
        let architecture = DetectorArchitecture(scale: scale, classCount: card.names.count)
        let network = try DetectorNetwork(architecture, weights: SafeTensors(path: weightsPath), engine: engine).folded()
        let evaluation = DetectorEvaluation(data: data, size: card.imgsz, settings: settings)
        let detections = try evaluation.detections(of: network).map { found in
            found.compactMap { object -> DetectedObject? in
                places[object.category].map { DetectedObject(box: object.box, category: $0, score: object.score) }
            }
        }
        return (detections, evaluator.evaluate(truth: data.dataset, detections: detections))
    }

    /// The report of a folded network under the COCO protocol.
    package func report(for network: DetectorNetwork) throws -> DetectionReport {
        try COCOEvaluator().evaluate(truth: data.dataset, detections: detections(of: network))
    }

    /// Per image its detections, best first.
    package func detections(of network: DetectorNetwork) throws -> [[DetectedObject]] {
        network.isTraining = false
        let count = data.dataset.images.count
        var found = [[DetectedObject]](repeating: [], count: count)
        for start in stride(from: 0, to: count, by: batch) {
            let pictures = (start..<min(start + batch, count)).compactMap { index in fitted(index).map { (index, $0) } }
            let (indices, own) = (pictures.map(\.0), pictures.map(\.1))
            guard !own.isEmpty else { continue }
            let pixels = try Tensor(own.flatMap(\.pixels), shape: [own.count, size, size, 3], engine: network.engine)
            let output = try network.predict(network.input(pixels))
            let values = try output.array(of: Float.self)
            let length = output.size(1) * output.size(2)
            for (place, index) in indices.enumerated() {
                let image = data.dataset.images[index]
                found[index] = Self.objects(
                    values.span.extracting((place * length)..<((place + 1) * length)), cells: output.size(2), settings: settings
                ).map { object in
                    let box = own[place].transform.toImage(object.box)
                        .clipped(width: Double(max(1, image.width)), height: Double(max(1, image.height)))
                    return DetectedObject(box: box, category: object.category, score: object.score)
                }
            }
        }
        return found
    }

    /// The image in the network's square; nil when its file is no good.
    private func fitted(_ index: Int) -> FittedImage? {
        if let known = kept[index] { return known }
        guard failures[index] == nil else { return nil }
        do {
            let image = Self.fit(try PixelImage(contentsOfFile: data.path(of: data.dataset.images[index])), size: size)
            if (kept.count + 1) * image.pixels.count <= PictureStore.standardLimit { kept[index] = image }
            return image
        } catch {
            failures[index] = "\(error)"
            return nil
        }
    }

    /// The letterbox of production, as bytes with the channels of a pixel side by side.
    private static func fit(_ image: PixelImage, size: Int) -> FittedImage {
        let letterbox = Letterbox(side: size)
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: letterbox.floatCount) { planes in
            let transform = letterbox.draw(image, into: planes)
            let plane = size * size
            var pixels = [UInt8](repeating: 0, count: plane * 3)
            for channel in 0..<3 {
                for index in 0..<plane { pixels[index * 3 + channel] = UInt8(planes[channel * plane + index] * 255 + 0.5) }
            }
            return FittedImage(pixels: pixels, transform: transform)
        }
    }

    /// The objects of one picture's output (4 + classes, cells), overlaps suppressed, in pixels of the canvas.
    private static func objects(_ values: Span<Float>, cells: Int, settings: DetectionSettings) -> [DetectedObject] {
        let classCount = values.count / cells - 4
        var candidates: [DetectedObject] = []
        for cell in 0..<cells {
            var category = 0
            var score = values[4 * cells + cell]
            for other in 1..<max(1, classCount) where values[(4 + other) * cells + cell] > score {
                category = other
                score = values[(4 + other) * cells + cell]
            }
            guard Double(score) >= settings.confidence, settings.classes?.contains(category) ?? true else { continue }
            let (x, y) = (Double(values[cell]), Double(values[cells + cell]))
            let (width, height) = (Double(values[2 * cells + cell]), Double(values[3 * cells + cell]))
            candidates.append(
                DetectedObject(
                    box: BoundingBox(x: x - width / 2, y: y - height / 2, width: width, height: height), category: category,
                    score: Double(score)))
        }
        return candidates.suppressingOverlaps(above: settings.overlap, limit: settings.maxDetections)
    }
}
