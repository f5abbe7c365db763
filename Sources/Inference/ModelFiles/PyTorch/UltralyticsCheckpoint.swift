package import Foundation
import TensorEngine

/// A `.pt` file of Ultralytics (`best.pt`, `yolov8n.pt`): a zip archive with a pickled model and its tensors' bytes, read
/// without running the pickle. The averaged weights are taken where the file has both. Names, picture size and strides
/// are kept; half precision is widened by whoever reads `weights`.
package struct UltralyticsCheckpoint: Sendable {
    package let architecture: DetectorArchitecture
    /// Size, class names, and the picture side of its training.
    package let card: ModelCard
    /// By the names of the architecture.
    package let weights: SafeTensors

    /// - Throws: `InferenceError` when the file is damaged, asks for what no detector needs, or is of another family than
    ///   YOLOv8 n, s, m, l, x: then the sentence has the command that exports it.
    package init(path: String) throws {
        try self.init(Data(modelFile: path), source: path)
    }

    /// Reads a whole file from memory; `source` names it in errors.
    package init(_ data: Data, source: String) throws {
        let name = source.split(separator: "/").last.map(String.init) ?? source
        let export = "export it where it was trained: yolo export model=\(name) format=onnx, and use the .onnx file"
        do {
            let reader = try CheckpointReader(data)
            let family = try reader.family()
            architecture = family.architecture
            card = ModelCard(architecture: family.architecture.scale.modelName, names: family.names, imgsz: family.imageSize)
            let items = try architecture.layers.flatMap(\.parameters).map { try reader.item($0) }
            weights = try SafeTensors(SafeTensors.encoded(items), source: source)
        } catch let fault as ZipDirectory.Fault {
            throw InferenceError("\(source) is no whole .pt file of torch 1.6 or later: it is \(fault.why); copy it again, or \(export)")
        } catch let fault as PickleReader.Fault {
            throw InferenceError("\(source) \(fault.why); \(export)")
        }
    }
}

/// Finds the model and its tensors inside the archive.
private struct CheckpointReader {
    private let data: Data
    private let members: [String: Range<Int>]
    private let folder: String
    private let graph: PickleGraph
    private let root: Int
    private let model: Int

    init(_ data: Data) throws {
        self.data = data
        members = try ZipDirectory(data).members
        guard let pickle = members.keys.filter({ $0.hasSuffix("/data.pkl") }).min(by: { $0.count < $1.count }), let place = members[pickle] else {
            throw PickleReader.Fault(why: "has no data.pkl inside, so torch.save did not write it")
        }
        folder = String(pickle.dropLast("data.pkl".count))
        if let order = members[folder + "byteorder"], Self.bytes(data, order) != Array("little".utf8) {
            throw PickleReader.Fault(why: "has numbers in the byte order of another kind of machine")
        }
        guard place.count <= PickleReader.mostBytes else { throw PickleReader.Fault(why: "describes more objects than any model has") }
        let (graph, root) = try PickleReader.read(Self.bytes(data, place))
        (self.graph, self.root) = (graph, root)
        let candidates = ["ema", "model"].map { graph.value($0, in: root) } + [root]
        guard let model = candidates.compactMap({ $0 }).first(where: { graph.attribute("_modules", of: $0) != nil }) else {
            throw PickleReader.Fault(why: "holds no whole model (weights alone do not say what they are for)")
        }
        self.model = model
    }

    private static func bytes(_ data: Data, _ range: Range<Int>) -> [UInt8] {
        Array(data[(data.startIndex + range.lowerBound)..<(data.startIndex + range.upperBound)])
    }

    // MARK: The family

    struct Family {
        let architecture: DetectorArchitecture
        let names: [String]
        let imageSize: Int
    }

    /// What kind of model it is, by its classes and its tensors' shapes.
    func family() throws -> Family {
        let layers = graph.entries(graph.attribute("_modules", of: module(["model"]))) ?? []
        let classes = layers.map { Self.shortName(graph.className($0.value)) }
        if let other = Self.otherFamily(
            model: Self.shortName(graph.className(model)), layers: classes,
            isEndToEnd: graph.attribute("_modules", of: layers.last?.value).flatMap { graph.value("one2one_cv2", in: $0) } != nil)
        {
            throw PickleReader.Fault(why: "is \(other); only YOLOv8 detectors are read as .pt")
        }
        guard let first = tensor("model.0.conv.weight")?.shape, first.count == 4,
            let scale = DetectorScale(stemChannels: first[0]),
            let logits = tensor(DetectorArchitecture.lastLayerName(level: 0, ofClasses: true) + ".bias")?.shape, logits.count == 1,
            (1...100_000).contains(logits[0])
        else { throw PickleReader.Fault(why: "is none of the YOLOv8 detectors n, s, m, l, x (its layers: \(classes.prefix(40).joined(separator: " ")))") }
        if let activation = graph.className(module(["model", "0", "act"])), Self.shortName(activation) != "SiLU" {
            throw PickleReader.Fault(why: "uses the activation \(Self.shortName(activation)) instead of SiLU")
        }
        if let stride = try floats(graph.attribute("stride", of: model)), stride != DetectorArchitecture.strides.map(Float.init) {
            throw PickleReader.Fault(why: "has output levels of stride \(stride), where YOLOv8 has 8, 16 and 32")
        }
        return Family(
            architecture: DetectorArchitecture(scale: scale, classCount: logits[0]), names: names(logits[0]), imageSize: imageSize)
    }

    /// In words, when it is not a YOLOv8 detector.
    private static func otherFamily(model: String, layers: [String], isEndToEnd: Bool) -> String? {
        let tasks = [
            "SegmentationModel": "segmentation", "PoseModel": "pose", "ClassificationModel": "classification", "OBBModel": "oriented box",
            "WorldModel": "open-vocabulary", "RTDETRDetectionModel": "RT-DETR",
        ]
        if let task = tasks[model] { return "a \(task) model" }
        if isEndToEnd || layers.last == "v10Detect" { return "a detector with an end-to-end head (YOLOv10, YOLO26)" }
        if layers.contains("C3k2") || layers.contains("C2PSA") { return "a YOLO11 detector" }
        if layers.contains("C3") { return "a YOLOv5 or YOLOv3 detector" }
        return nil
    }

    private static func shortName(_ name: String?) -> String { name?.split(separator: ".").last.map(String.init) ?? "?" }

    private func names(_ count: Int) -> [String] {
        var names = (0..<count).map { "class\($0)" }
        let node = graph.attribute("names", of: model)
        for (index, item) in (graph.items(node) ?? []).prefix(count).enumerated() { names[index] = graph.text(item) ?? names[index] }
        for entry in graph.entries(node) ?? [] {
            if let index = graph.integer(entry.key), names.indices.contains(index), let name = graph.text(entry.value) { names[index] = name }
        }
        return names
    }

    /// Of its training, where the file tells; 640 is what Ultralytics trains at unless told otherwise.
    private var imageSize: Int {
        let arguments = [graph.value("train_args", in: root), graph.attribute("args", of: model)]
        let sizes = arguments.map { graph.value("imgsz", in: $0) ?? graph.attribute("imgsz", of: $0) }
        for node in sizes {
            let side = graph.integer(node) ?? graph.items(node)?.compactMap { graph.integer($0) }.max()
            if let side, (32...4096).contains(side) { return (side + 31) / 32 * 32 }
        }
        return 640
    }

    // MARK: Tensors

    /// A tensor as the pickle describes it; nothing is known yet of whether its bytes are there.
    private struct StoredTensor {
        let type: TensorType
        let shape: [Int]
        let strides: [Int]
        let offset: Int
        let member: String
    }

    /// The module at a path of names below the model.
    private func module(_ path: some Sequence<String>) -> Int? {
        path.reduce(Optional(model)) { node, name in graph.value(name, in: graph.attribute("_modules", of: node)) }
    }

    private func tensor(_ name: String) -> StoredTensor? {
        let parts = name.split(separator: ".").map(String.init)
        guard let last = parts.last, let owner = module(parts.dropLast()) else { return nil }
        return ["_parameters", "_buffers"].lazy.compactMap { graph.value(last, in: graph.attribute($0, of: owner)) }.first.flatMap(stored)
    }

    private func stored(_ node: Int) -> StoredTensor? {
        var node = node
        if graph.className(node) == "torch._utils._rebuild_parameter", let inner = graph.arguments(node).first { node = inner }
        let parts = graph.arguments(node)
        guard graph.className(node) == "torch._utils._rebuild_tensor_v2", parts.count >= 4, graph.nodes[parts[0]].kind == .external,
            let place = graph.items(graph.nodes[parts[0]].children.first), place.count >= 5, graph.nodes[place[1]].kind == .global,
            let type = Self.types[graph.nodes[place[1]].text], let key = graph.text(place[2]), let offset = graph.integer(parts[1]),
            let shape = sizes(parts[2]), let strides = sizes(parts[3]), shape.count == strides.count
        else { return nil }
        return StoredTensor(type: type, shape: shape, strides: strides, offset: offset, member: "\(folder)data/\(key)")
    }

    private func sizes(_ node: Int) -> [Int]? {
        // Some are tuples, some torch.Size of a tuple.
        (graph.items(node) ?? graph.items(graph.arguments(node).first)).map { $0.compactMap { graph.integer($0) } }
    }

    private static let types: [String: TensorType] = [
        "torch.FloatStorage": .float32, "torch.HalfStorage": .float16, "torch.BFloat16Storage": .bfloat16, "torch.DoubleStorage": .float64,
    ]

    /// The tensor for a parameter of the architecture.
    func item(_ parameter: ConvolutionLayer.Parameter) throws -> SafeTensors.Item {
        guard let stored = tensor(parameter.name), stored.type != .float64 else {
            throw PickleReader.Fault(why: "has no \(parameter.name) of floats, so it is no plain YOLOv8 detector")
        }
        guard stored.shape == parameter.shape else {
            throw PickleReader.Fault(
                why: "has \(parameter.name) of shape \(stored.shape) where YOLOv8 has \(parameter.shape), so it is a model of another build")
        }
        return SafeTensors.Item(name: parameter.name, type: stored.type, shape: stored.shape, bytes: try content(stored))
    }

    private func floats(_ node: Int?) throws -> [Float]? {
        guard let stored = node.flatMap(stored), stored.type == .float32, stored.shape.count == 1, stored.shape[0] <= 16 else { return nil }
        return try content(stored).withUnsafeBytes { raw in (0..<stored.shape[0]).map { raw.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) } }
    }

    /// The elements in the order of the shape, whatever the strides; every element lies inside the member.
    private func content(_ tensor: StoredTensor) throws -> [UInt8] {
        guard let member = members[tensor.member] else { throw PickleReader.Fault(why: "lacks the bytes of a tensor (\(tensor.member))") }
        let outside = PickleReader.Fault(why: "is cut short or damaged: a tensor lies outside its bytes")
        let width = tensor.type.byteCount
        let available = member.count / width
        guard (0...available).contains(tensor.offset) else { throw outside }
        var count = 1, last = tensor.offset
        for (size, stride) in zip(tensor.shape, tensor.strides) {
            guard size >= 0, stride >= 0 else { throw outside }
            let (product, overflows) = count.multipliedReportingOverflow(by: size)
            let (reach, reachOverflows) = max(0, size - 1).multipliedReportingOverflow(by: stride)
            guard !overflows, !reachOverflows, reach <= available - last else { throw outside }
            (count, last) = (product, last + reach)
        }
        guard count <= available, count == 0 || last < available else { throw outside }
        let start = data.startIndex + member.lowerBound
        var contiguous = 1
        let isPlain = zip(tensor.shape, tensor.strides).reversed().allSatisfy { size, stride in
            defer { contiguous *= max(1, size) }
            return size <= 1 || stride == contiguous
        }
        if isPlain {
            let from = start + tensor.offset * width
            return Array(data[from..<(from + count * width)])
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * width)
        var index = [Int](repeating: 0, count: tensor.shape.count)
        for _ in 0..<count {
            let element = zip(index, tensor.strides).reduce(tensor.offset) { $0 + $1.0 * $1.1 }
            bytes += data[(start + element * width)..<(start + (element + 1) * width)]
            for axis in index.indices.reversed() {
                index[axis] += 1
                if index[axis] < tensor.shape[axis] { break }
                index[axis] = 0
            }
        }
        return bytes
    }
}
