import Foundation
import Inference
import TensorEngine

/// Model files small enough to be made by every test: what they see is known without running them.
enum TinyModels {
    /// A folder that is gone after `body`.
    static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = NSTemporaryDirectory() + "martlet-models-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }

    // MARK: ONNX

    /// A graph with one convolution over cells of 32 pixels: each cell is a box of 16 × 8 around its own middle, class 0
    /// with the mean red of the cell as its score, class 1 with the mean green. For pictures of 64 pixels.
    static func onnx(batch: Int64? = nil, side: Int64 = 64, reshape: [Int64] = [0, 6, -1]) -> [UInt8] {
        var weights = [Float](repeating: 0, count: 6 * 3 * 32 * 32)
        for (output, plane) in [(4, 0), (5, 1)] {
            for index in 0..<1024 { weights[(output * 3 + plane) * 1024 + index] = 1 / 1024 }
        }
        // Where the cells' middles lie: a second constant, added to the convolution.
        var middles = [Float](repeating: 0, count: 6 * 4)
        for cell in 0..<4 {
            middles[cell] = Float(cell % 2) * 32 + 16
            middles[4 + cell] = Float(cell / 2) * 32 + 16
        }
        var graph = Message()
        graph.message(1) { node in
            node.text(1, "images")
            node.text(1, "weights")
            node.text(1, "bias")
            node.text(2, "convolved")
            node.text(4, "Conv")
            node.attribute("kernel_shape", [32, 32])
            node.attribute("strides", [32, 32])
        }
        graph.message(1) { node in
            node.text(1, "convolved")
            node.text(1, "shape")
            node.text(2, "flat")
            node.text(4, "Reshape")
        }
        graph.message(1) { node in
            node.text(1, "flat")
            node.text(1, "middles")
            node.text(2, "output0")
            node.text(4, "Add")
        }
        graph.text(2, "tiny")
        graph.tensor("weights", [6, 3, 32, 32], type: 1, weights.withUnsafeBytes { Array($0) })
        graph.tensor("bias", [6], type: 1, ([0, 0, 16, 8, 0, 0] as [Float]).withUnsafeBytes { Array($0) })
        graph.tensor("shape", [3], type: 7, reshape.withUnsafeBytes { Array($0) })
        graph.tensor("middles", [1, 6, 4], type: 1, middles.withUnsafeBytes { Array($0) })
        graph.value(11, "images", [batch, 3, side, side])
        graph.value(12, "output0", [batch, 6, 4])
        var model = Message()
        model.number(1, 8)
        model.bytes(7, graph.bytes)
        model.message(8) { $0.number(2, 13) }
        model.message(14) { entry in
            entry.text(1, "names")
            entry.text(2, "{0: 'red', 1: 'green'}")
        }
        return model.bytes
    }

    /// Enough of protobuf to write a model.
    struct Message {
        private(set) var bytes: [UInt8] = []

        private mutating func varint(_ value: UInt64) {
            var rest = value
            while rest > 127 {
                bytes.append(UInt8(rest & 127) | 128)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }

        mutating func number(_ field: UInt64, _ value: Int64) {
            varint(field << 3)
            varint(UInt64(bitPattern: value))
        }

        mutating func bytes(_ field: UInt64, _ content: [UInt8]) {
            varint(field << 3 | 2)
            varint(UInt64(content.count))
            bytes += content
        }

        mutating func text(_ field: UInt64, _ text: String) { bytes(field, Array(text.utf8)) }

        mutating func message(_ field: UInt64, _ fill: (inout Message) -> Void) {
            var inner = Message()
            fill(&inner)
            bytes(field, inner.bytes)
        }

        mutating func attribute(_ name: String, _ values: [Int64]) {
            message(5) { attribute in
                attribute.text(1, name)
                for value in values { attribute.number(8, value) }
                attribute.number(20, 7)
            }
        }

        mutating func tensor(_ name: String, _ dims: [Int64], type: Int64, _ content: [UInt8]) {
            message(5) { tensor in
                for dim in dims { tensor.number(1, dim) }
                tensor.number(2, type)
                tensor.text(8, name)
                tensor.bytes(9, content)
            }
        }

        mutating func value(_ field: UInt64, _ name: String, _ dims: [Int64?]) {
            message(field) { info in
                info.text(1, name)
                info.message(2) { type in
                    type.message(1) { tensor in
                        tensor.number(1, 1)
                        tensor.message(2) { shape in
                            for dim in dims {
                                shape.message(1) { entry in
                                    if let dim { entry.number(1, dim) } else { entry.text(2, "batch") }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    // MARK: Safetensors

    /// YOLOv8n of two classes whose weights are zero but for the biases of the scores: boxes are 15 cells wide and tall
    /// around every cell, and every cell sees the first class with 0.75.
    static func safetensors() throws -> [UInt8] {
        let items = DetectorArchitecture(scale: .nano, classCount: 2).layers.flatMap { layer -> [SafeTensors.Item] in
            let stem = layer.isPlain ? layer.name : layer.name + ".conv"
            let isScore = layer.isPlain && layer.output == 2
            func item(_ name: String, _ shape: [Int], _ values: [Float]) -> SafeTensors.Item {
                SafeTensors.Item(name: name, type: .float32, shape: shape, bytes: values.withUnsafeBytes { Array($0) })
            }
            let shape = [layer.output, layer.input, layer.kernel, layer.kernel]
            return [
                item(stem + ".weight", shape, [Float](repeating: 0, count: shape.reduce(1, *))),
                item(stem + ".bias", [layer.output], isScore ? [1.0986123, -3] : [Float](repeating: 0, count: layer.output)),
            ]
        }
        return Array(try SafeTensors.encoded(items))
    }

    static let card = ModelCard(architecture: "yolov8n", names: ["red", "green"], imgsz: 64)

    /// Writes a whole model of this file type with its card into `folder`; nil for a type that cannot be made here.
    static func write(_ type: String, to folder: String) throws -> String? {
        let bytes: [UInt8]
        switch type {
        case "onnx": bytes = onnx()
        case "safetensors": bytes = try safetensors()
        default: return nil
        }
        try write(bytes, type, to: folder)
        return folder
    }

    static func write(_ bytes: [UInt8], _ type: String, to folder: String) throws {
        try Data(bytes).write(to: URL(filePath: "\(folder)/best.\(type)"))
        try card.json().write(to: URL(filePath: "\(folder)/best.json"))
    }
}
