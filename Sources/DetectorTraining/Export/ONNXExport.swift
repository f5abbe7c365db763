package import Inference

/// Writes a trained network as an ONNX model: normalisation folded, the decoding of the head inside, so that the output is
/// boxes in pixels and scores (1, 4 + classes, cells), as exported YOLOv8 models give them.
package struct ONNXExport {
    private let network: DetectorNetwork
    private let names: [String]
    private let size: Int

    /// - Parameter network: folded (see `DetectorNetwork.folded`).
    package init(network: DetectorNetwork, names: [String], size: Int) {
        self.network = network
        self.names = names
        self.size = size
    }

    /// The bytes of the .onnx file.
    package func encoded() throws -> [UInt8] {
        let graph = ONNXGraph()
        let grid = AnchorGrid(size: size)
        let (bins, classCount) = (DetectorArchitecture.bins, network.architecture.classCount)
        let levels = try network.architecture.forward("images", with: ONNXOperations(graph: graph, network: network))
        let flat = levels.enumerated().map { index, level in
            let joined = graph.node("Concat", [level.box, level.classes], [("axis", .int(1))])
            let shape = graph.constant("level.\(index).shape", [1, network.architecture.outputChannels, -1])
            return graph.node("Reshape", [joined, shape])
        }
        let raw = graph.node("Concat", flat, [("axis", .int(2))])
        let sizes = graph.constant("head.sizes", [4 * bins, classCount])
        graph.nodes("Split", [raw, sizes], [("axis", .int(1))], outputs: ["head.box", "head.classes"])

        // The mean of each side's distribution, as a convolution over the bins.
        let byside = graph.node("Reshape", ["head.box", graph.constant("head.sides", [1, 4, bins, grid.count])])
        let binsFirst = graph.node("Transpose", [byside], [("perm", .ints([0, 2, 1, 3]))])
        let distributions = graph.node("Softmax", [binsFirst], [("axis", .int(1))])
        let positions = graph.constant("model.22.dfl.conv.weight", (0..<bins).map(Float.init), shape: [1, bins, 1, 1])
        let mean = graph.node("Conv", [distributions, positions], [("kernel_shape", .ints([1, 1]))])
        let distances = graph.node("Reshape", [mean, graph.constant("head.distances", [1, 4, grid.count])])
        graph.nodes(
            "Split", [distances, graph.constant("head.pairs", [2, 2])], [("axis", .int(1))], outputs: ["head.near", "head.far"])

        let centres = graph.constant("head.centres", planar(grid), shape: [1, 2, grid.count])
        let strides = graph.constant("head.strides", grid.strides, shape: [1, 1, grid.count])
        let half = graph.constant("head.half", [0.5 as Float], shape: [1])
        let shift = graph.node("Mul", [graph.node("Sub", ["head.far", "head.near"]), half])
        let middle = graph.node("Mul", [graph.node("Add", [shift, centres]), strides])
        let extent = graph.node("Mul", [graph.node("Add", ["head.far", "head.near"]), strides])
        let scores = graph.node("Sigmoid", ["head.classes"])
        _ = graph.node("Concat", [middle, extent, scores], [("axis", .int(1))], output: "output0")

        graph.name(network.architecture.scale.modelName)
        graph.declare(11, "images", shape: [1, 3, size, size])
        graph.declare(12, "output0", shape: [1, 4 + classCount, grid.count])
        return model(graph)
    }

    /// x of every cell, then y of every cell.
    private func planar(_ grid: AnchorGrid) -> [Float] {
        (0..<2).flatMap { axis in (0..<grid.count).map { grid.centres[$0 * 2 + axis] } }
    }

    private func model(_ graph: ONNXGraph) -> [UInt8] {
        var model = ProtobufWriter()
        model.integer(1, 7)
        model.text(2, "martlet")
        model.data(7, graph.body.bytes)
        model.message(8) { $0.integer(2, 13) }
        let quoted = names.enumerated().map { index, name in
            "\(index): '\(name.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
        }
        for (key, value) in [
            ("names", "{\(quoted.joined(separator: ", "))}"), ("stride", "\(DetectorArchitecture.sizeMultiple)"),
            ("imgsz", "[\(size), \(size)]"), ("task", "detect"), ("batch", "1"),
        ] {
            model.message(14) { entry in
                entry.text(1, key)
                entry.text(2, value)
            }
        }
        return model.bytes
    }
}
