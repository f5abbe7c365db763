import Inference

/// The nodes and constants of an ONNX graph in the making, in the encoding of onnx.proto; opset 13.
final class ONNXGraph {
    private(set) var body = ProtobufWriter()
    private var count = 0

    enum Attribute {
        case int(Int)
        case ints([Int])
        case text(String)
    }

    /// Adds a node and answers with the name of its (only) output.
    func node(_ type: String, _ inputs: [String], _ attributes: [(String, Attribute)] = [], output: String? = nil) -> String {
        nodes(type, inputs, attributes, outputs: [output ?? fresh(type)])[0]
    }

    @discardableResult
    func nodes(_ type: String, _ inputs: [String], _ attributes: [(String, Attribute)], outputs: [String]) -> [String] {
        body.message(1) { node in
            for input in inputs { node.text(1, input) }
            for output in outputs { node.text(2, output) }
            node.text(3, outputs[0])
            node.text(4, type)
            for (name, value) in attributes {
                node.message(5) { attribute in
                    attribute.text(1, name)
                    switch value {
                    case .int(let value):
                        attribute.integer(3, value)
                        attribute.integer(20, 2)
                    case .ints(let values):
                        for value in values { attribute.integer(8, value) }
                        attribute.integer(20, 7)
                    case .text(let value):
                        attribute.text(4, value)
                        attribute.integer(20, 3)
                    }
                }
            }
        }
        return outputs
    }

    /// Adds a constant of 32-bit floats.
    func constant(_ name: String, _ values: [Float], shape: [Int]) -> String {
        constant(name, type: 1, shape: shape, bytes: values.withUnsafeBytes { Array($0) })
    }

    /// Adds a constant of 64-bit integers.
    func constant(_ name: String, _ values: [Int], shape: [Int]? = nil) -> String {
        constant(name, type: 7, shape: shape ?? [values.count], bytes: values.map(Int64.init).withUnsafeBytes { Array($0) })
    }

    private func constant(_ name: String, type: Int, shape: [Int], bytes: [UInt8]) -> String {
        body.message(5) { tensor in
            for size in shape { tensor.integer(1, size) }
            tensor.integer(2, type)
            tensor.text(8, name)
            tensor.data(9, bytes)
        }
        return name
    }

    /// Declares an input (field 11) or output (field 12) of 32-bit floats.
    func declare(_ field: Int, _ name: String, shape: [Int]) {
        body.message(field) { info in
            info.text(1, name)
            info.message(2) { type in
                type.message(1) { tensor in
                    tensor.integer(1, 1)
                    tensor.message(2) { dims in
                        for size in shape { dims.message(1) { $0.integer(1, size) } }
                    }
                }
            }
        }
    }

    func name(_ name: String) { body.text(2, name) }

    func fresh(_ type: String) -> String {
        count += 1
        return "\(type.lowercased())_\(count)"
    }
}

/// The network's operations as nodes; a value is the name of one.
struct ONNXOperations: NetworkOperations {
    let graph: ONNXGraph
    let network: DetectorNetwork

    func convolution(_ input: String, _ layer: ConvolutionLayer) throws -> String {
        let (weight, bias) = try network.foldedValues(of: layer)
        let weightName = graph.constant("\(layer.name).weight", weight, shape: [layer.output, layer.input, layer.kernel, layer.kernel])
        let biasName = graph.constant("\(layer.name).bias", bias, shape: [layer.output])
        let result = graph.node(
            "Conv", [input, weightName, biasName],
            [
                ("kernel_shape", .ints([layer.kernel, layer.kernel])), ("strides", .ints([layer.stride, layer.stride])),
                ("pads", .ints([Int](repeating: layer.padding, count: 4))), ("dilations", .ints([1, 1])), ("group", .int(1)),
            ])
        return layer.isPlain ? result : graph.node("Mul", [result, graph.node("Sigmoid", [result])])
    }

    func add(_ left: String, _ right: String) -> String { graph.node("Add", [left, right]) }
    func concatenate(_ values: [String]) -> String { graph.node("Concat", values, [("axis", .int(1))]) }

    func halves(_ value: String, channels: Int) -> (String, String) {
        let sizes = graph.constant(graph.fresh("sizes"), [channels, channels])
        let parts = graph.nodes("Split", [value, sizes], [("axis", .int(1))], outputs: [graph.fresh("Split"), graph.fresh("Split")])
        return (parts[0], parts[1])
    }

    func maxPool(_ value: String) -> String {
        graph.node("MaxPool", [value], [("kernel_shape", .ints([5, 5])), ("strides", .ints([1, 1])), ("pads", .ints([2, 2, 2, 2]))])
    }

    func upsample(_ value: String) -> String {
        let scales = graph.constant(graph.fresh("scales"), [1, 1, 2, 2] as [Float], shape: [4])
        return graph.node(
            "Resize", [value, "", scales],
            [
                ("mode", .text("nearest")), ("nearest_mode", .text("floor")), ("coordinate_transformation_mode", .text("asymmetric")),
            ])
    }
}
