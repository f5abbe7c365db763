import DetectorTraining
import Foundation
import Inference
import TensorEngine
import Testing

/// Numbers that an installed Ultralytics gave (compat/training_agreement.py) for weights and pictures made by a formula.
private struct Agreement: Decodable {
    let side: Int
    let classes: Int
    let seed: Int
    /// Per picture: class, centre x and y, width and height in pixels.
    let objects: [[[Float]]]
    let outputShape: [Int]
    let outputRange: [Float]
    let outputPlaces: [Int]
    let output: [Float]
    let losses: [String: Float]
    let total: Float
    let gradientNorm: Float

    static func read() throws -> Agreement {
        let url = try #require(Bundle.module.url(forResource: "agreement", withExtension: "json", subdirectory: "Fixtures"))
        return try JSONDecoder().decode(Agreement.self, from: Data(contentsOf: url))
    }

    func network(_ engine: TensorEngine) throws -> DetectorNetwork {
        try DetectorNetwork(DetectorArchitecture(scale: .nano, classCount: classes), engine: engine) { parameter in
            var random = RandomSource(seed: seed, path: Int(bitPattern: UInt(Self.hash(parameter.name))))
            let reach = (6 / Double(max(1, parameter.count / parameter.shape[0]))).squareRoot()
            let isClassBias = parameter.name.contains(".cv3.") && parameter.name.hasSuffix(".2.bias")
            let values = (0..<parameter.count).map { _ in
                let value = random.uniform(-1, 1)
                switch parameter.role {
                case .weight: return Float(value * reach)
                case .normalisationWeight: return Float(1 + 0.2 * value)
                case .runningVariance: return Float(1 + 0.5 * value)
                case .bias, .runningMean: return Float(0.3 * value - (isClassBias ? 5 : 0))
                }
            }
            return try Tensor(values, shape: parameter.shape, engine: engine)
        }
    }

    func pictures(_ engine: TensorEngine) throws -> Tensor {
        var random = RandomSource(seed: seed, path: 77)
        let pixels = (0..<(objects.count * side * side * 3)).map { _ in UInt8(random.next() >> 56) }
        return try Tensor(pixels, shape: [objects.count, side, side, 3], engine: engine)
    }

    var truth: [[TrainingObject]] {
        objects.map { own in
            own.map { o in
                TrainingObject(
                    category: Int(o[0]), box: CornerBox(o[1] - o[3] / 2, o[2] - o[4] / 2, o[1] + o[3] / 2, o[2] + o[4] / 2))
            }
        }
    }

    private static func hash(_ name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

@Suite(EngineAtHand.isReady, .serialized) struct AgreementTests {
    @Test func `the evaluated output is that of Ultralytics`() throws {
        let engine = try EngineAtHand.require()
        let expected = try Agreement.read()
        let network = try expected.network(engine)
        let output = try network.predict(network.input(expected.pictures(engine)))
        #expect(output.shape == expected.outputShape)
        let values = try output.array(of: Float.self)
        let reach = expected.outputRange[1] - expected.outputRange[0]
        for (place, value) in zip(expected.outputPlaces, expected.output) {
            #expect(abs(values[place] - value) < 1e-3 * reach, "at \(place)")
        }
    }

    @Test func `losses and gradient are those of Ultralytics`() throws {
        let engine = try EngineAtHand.require()
        let expected = try Agreement.read()
        let network = try expected.network(engine)
        for named in network.tensors where named.parameter.role.isTrained { try named.tensor.requireGradient() }
        network.isTraining = true
        var settings = TrainingSettings()
        settings.imgsz = expected.side
        let loss = DetectionLoss(network: network, settings: settings)
        let (total, parts) = try loss(raw: network.forward(network.input(expected.pictures(engine))), objects: expected.truth)
        for (name, value) in [("box_loss", parts.box), ("cls_loss", parts.classes), ("dfl_loss", parts.distribution)] {
            let wanted = try #require(expected.losses[name])
            #expect(abs(value - wanted) < 1e-3 * wanted, "\(name): \(value), Ultralytics \(wanted)")
        }
        #expect(try abs(total.item() - expected.total) < 1e-3 * expected.total)
        try total.backward()
        let gradients = try network.tensors.filter(\.parameter.role.isTrained).compactMap { try $0.tensor.gradient() }
        let norm = try engine.withoutGradients { try engine.norm(gradients) }
        #expect(abs(norm - expected.gradientNorm) < 1e-3 * expected.gradientNorm, "\(norm), Ultralytics \(expected.gradientNorm)")
    }
}
