import DetectorTraining
import Foundation
import Inference
import TensorEngine
import Testing

@Suite struct DetectorArchitectureTests {
    @Test(arguments: [
        // Weights and biases that are trained, as published for 80 classes (the 16 fixed positions of the bins left out).
        (DetectorScale.nano, 3_157_184), (.small, 11_166_544), (.medium, 25_902_624), (.large, 43_691_504), (.extraLarge, 68_229_632),
    ])
    func `the sizes have the published number of weights`(scale: DetectorScale, expected: Int) {
        let parameters = DetectorArchitecture(scale: scale, classCount: 80).layers.flatMap(\.parameters)
        #expect(parameters.filter(\.role.isTrained).reduce(0) { $0 + $1.count } == expected)
    }

    @Test func `names are those of a published state dictionary`() {
        let names = Set(DetectorArchitecture(scale: .nano, classCount: 4).layers.flatMap(\.parameters).map(\.name))
        for name in [
            "model.0.conv.weight", "model.2.m.0.cv1.bn.running_var", "model.4.m.1.cv2.conv.weight", "model.9.cv2.bn.bias",
            "model.22.cv2.0.2.weight", "model.22.cv3.2.2.bias",
        ] { #expect(names.contains(name), "\(name)") }
    }

    @Test func `a size is found by the model's name`() {
        #expect(DetectorScale(modelName: "yolov8n.pt") == .nano)
        #expect(DetectorScale(modelName: "YOLOv8x") == .extraLarge)
        #expect(DetectorScale(modelName: "m") == .medium)
        #expect(DetectorScale(modelName: "yolov5n") == nil)
    }

    @Test func `the grid has a cell per stride, finest first`() {
        let grid = AnchorGrid(size: 64)
        #expect(grid.count == 64 + 16 + 4)
        #expect(Array(grid.centres.prefix(4)) == [0.5, 0.5, 1.5, 0.5])
        #expect(grid.strides.last == 32)
    }
}

@Suite(EngineAtHand.isReady, .serialized) struct DetectorNetworkTests {
    private static func network(_ engine: TensorEngine, classCount: Int = 2) throws -> DetectorNetwork {
        try DetectorNetwork(
            random: DetectorArchitecture(scale: .nano, classCount: classCount), imageSize: 64, seed: 7, engine: engine)
    }

    private static func picture(_ engine: TensorEngine) throws -> Tensor {
        let pixels = (0..<(64 * 64 * 3)).map { UInt8(truncatingIfNeeded: $0 * 37 % 251) }
        return try Tensor(pixels, shape: [1, 64, 64, 3], engine: engine)
    }

    @Test func `folding the normalisation changes no prediction`() throws {
        let engine = try EngineAtHand.require()
        let network = try Self.network(engine)
        let input = try network.input(Self.picture(engine))
        let plain = try network.predict(input).array(of: Float.self)
        let folded = try network.folded().predict(input).array(of: Float.self)
        #expect(plain.count == 6 * 84)
        #expect(zip(plain, folded).allSatisfy { abs($0 - $1) < 1e-3 })
    }

    @Test func `weights come back from their file`() throws {
        let engine = try EngineAtHand.require()
        let network = try Self.network(engine)
        let items = try network.tensors.map { try SafeTensors.Item(name: $0.parameter.name, tensor: $0.tensor) }
        let file = try SafeTensors(SafeTensors.encoded(items), source: "test")
        let copy = try DetectorNetwork(network.architecture, weights: file, engine: engine)
        let input = try network.input(Self.picture(engine))
        #expect(try network.predict(input).array(of: Float.self) == copy.predict(input).array(of: Float.self))
        let other = DetectorArchitecture(scale: .nano, classCount: 3)
        #expect(throws: InferenceError.self) { try DetectorNetwork(other, weights: file, engine: engine) }
    }

    @Test func `the loss falls along its own gradient`() throws {
        let engine = try EngineAtHand.require()
        var settings = TrainingSettings()
        settings.imgsz = 64
        let network = try Self.network(engine)
        let loss = DetectionLoss(network: network, settings: settings)
        let objects = [[TrainingObject(category: 1, box: CornerBox(10, 12, 44, 50))]]
        let input = try network.input(Self.picture(engine))
        for named in network.tensors where named.parameter.role.isTrained { try named.tensor.requireGradient() }
        network.isTraining = true
        let optimizer = try WeightOptimizer(network: network, settings: settings)
        var losses: [Float] = []
        for _ in 0..<8 {
            let (total, parts) = try loss(raw: network.forward(input), objects: objects)
            losses.append(parts.total)
            try total.backward()
            let length = try optimizer.step(rates: .init(weights: 0.001, biases: 0.001, momentum: 0.9))
            #expect(length > 0)
        }
        #expect(losses.allSatisfy { $0.isFinite })
        #expect(losses[7] < losses[0] * 0.9, "\(losses)")
    }

    @Test func `the first steps of AdamW follow its formula`() throws {
        let engine = try EngineAtHand.require()
        let network = try Self.network(engine)
        var settings = TrainingSettings()
        (settings.weight_decay, settings.clip_norm) = (0.1, 1e9)
        let optimizer = try WeightOptimizer(network: network, settings: settings)
        let trained = network.tensors.filter(\.parameter.role.isTrained)
        for named in trained { try named.tensor.requireGradient() }
        var expected = try trained.map { try $0.tensor.detached().array(of: Float.self).prefix(50).map(Double.init) }
        var moments = expected.map { $0.map { _ in (first: 0.0, second: 0.0) } }
        for step in 1...3 {
            // The gradient of the sum of squares is twice the weight.
            let sum = try trained.dropFirst().reduce(trained[0].tensor.squared().sum()) { try $0 + $1.tensor.squared().sum() }
            try sum.backward()
            _ = try optimizer.step(rates: .init(weights: 0.01, biases: 0.02, momentum: 0.9))
            for (index, named) in trained.enumerated() {
                let isBias = named.parameter.role == .bias
                for place in expected[index].indices {
                    let gradient = 2 * expected[index][place]
                    let first = 0.9 * moments[index][place].first + 0.1 * gradient
                    let second = 0.999 * moments[index][place].second + 0.001 * gradient * gradient
                    moments[index][place] = (first, second)
                    let (c1, c2) = (1 - pow(0.9, Double(step)), 1 - pow(0.999, Double(step)))
                    if named.parameter.role == .weight { expected[index][place] *= 1 - 0.01 * 0.1 }
                    expected[index][place] -= (isBias ? 0.02 : 0.01) * (first / c1) / ((second / c2).squareRoot() + 1e-8)
                }
            }
        }
        for (named, wanted) in zip(trained, expected) {
            let found = try named.tensor.detached().array(of: Float.self)
            #expect(zip(found, wanted).allSatisfy { abs(Double($0) - $1) < 1e-4 }, "\(named.parameter.name)")
        }
    }

    @Test func `in bfloat16 the losses are nearly the same, and weights get gradients in 32 bits`() throws {
        let engine = try EngineAtHand.require()
        var settings = TrainingSettings()
        settings.imgsz = 64
        let network = try Self.network(engine)
        let objects = [[TrainingObject(category: 1, box: CornerBox(10, 12, 44, 50))]]
        let input = try network.input(Self.picture(engine))
        network.isTraining = true
        let loss = DetectionLoss(network: network, settings: settings)
        let whole = try loss(raw: network.forward(input), objects: objects).parts
        network.usesBFloat16 = true
        for named in network.tensors where named.parameter.role.isTrained { try named.tensor.requireGradient() }
        let (total, parts) = try loss(raw: network.forward(input), objects: objects)
        #expect(abs(parts.total - whole.total) < 0.05 * whole.total, "\(parts), in 32 bits \(whole)")
        try total.backward()
        let gradients = try network.tensors.filter(\.parameter.role.isTrained).map { try $0.tensor.gradient() }
        #expect(gradients.allSatisfy { $0?.type == .float32 })
    }

    @Test func `a picture without objects still teaches the classes`() throws {
        let engine = try EngineAtHand.require()
        var settings = TrainingSettings()
        settings.imgsz = 64
        let network = try Self.network(engine)
        let (_, parts) = try DetectionLoss(network: network, settings: settings)(
            raw: network.forward(network.input(Self.picture(engine))), objects: [[]])
        #expect(parts.box == 0 && parts.distribution == 0)
        #expect(parts.classes > 0)
    }

    @Test func `the exported model tells its sizes and its names`() throws {
        let engine = try EngineAtHand.require()
        let network = try Self.network(engine)
        let bytes = try ONNXExport(network: network.folded(), names: ["it's", "b"], size: 64).encoded()
        let folder = try TemporaryFolder()
        try Data(bytes).write(to: URL(fileURLWithPath: folder.path("m.onnx")))
        let description = try ONNXDescription(path: folder.path("m.onnx"))
        #expect(description.inputDims == [1, 3, 64, 64])
        #expect(description.outputDims == [1, 6, 84])
        #expect(description.names == ["it's", "b"])
        #expect(description.metadata["stride"] == "32")
        #expect(throws: InferenceError.self) { try ONNXExport(network: network, names: ["a", "b"], size: 64).encoded() }
    }
}
