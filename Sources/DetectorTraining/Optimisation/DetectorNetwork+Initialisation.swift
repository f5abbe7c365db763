import Foundation
package import Inference
package import TensorEngine

extension DetectorNetwork {
    /// A network with random weights: uniform within ±1/√fan-in (He et al. 2015 with the usual gain), and biases of the
    /// head that say "a box of one cell" and "hardly any object anywhere".
    package convenience init(
        random architecture: DetectorArchitecture, imageSize: Int, seed: Int, engine: TensorEngine, device: String = "cpu"
    ) throws {
        var number = 0
        try self.init(architecture, engine: engine, device: device) { parameter in
            number += 1
            let values: [Float]
            switch parameter.role {
            case .weight:
                var random = RandomSource(seed: seed, path: 1, number)
                let bound = 1 / Double(parameter.shape.dropFirst().reduce(1, *)).squareRoot()
                values = (0..<parameter.count).map { _ in Float(random.uniform(-bound, bound)) }
            case .normalisationWeight, .runningVariance:
                values = [Float](repeating: 1, count: parameter.count)
            case .bias, .runningMean:
                let bias = Self.headBias(parameter.name, classCount: architecture.classCount, imageSize: imageSize) ?? 0
                values = [Float](repeating: bias, count: parameter.count)
            }
            return try Tensor(values, shape: parameter.shape, engine: engine)
        }
    }

    /// Of the last layers of the head: 1 for the bins, and for the classes the logit of about five objects per picture of
    /// 640 pixels, spread over all cells and classes.
    private static func headBias(_ name: String, classCount: Int, imageSize: Int) -> Float? {
        for (level, stride) in DetectorArchitecture.strides.enumerated() {
            if name == DetectorArchitecture.lastLayerName(level: level, ofClasses: false) + ".bias" { return 1 }
            if name == DetectorArchitecture.lastLayerName(level: level, ofClasses: true) + ".bias" {
                let cells = pow(Double(imageSize) / Double(stride), 2)
                return Float(log(5 / Double(classCount) / cells))
            }
        }
        return nil
    }

    /// Takes every tensor of `file` that has this network's name and shape.
    ///
    /// - Returns: how many were taken.
    func adopt(_ file: SafeTensors, prefix: String = "") throws -> Int {
        try engine.withoutGradients {
            var taken = 0
            for named in tensors where file.shape(of: prefix + named.parameter.name) == named.parameter.shape {
                try named.tensor.copy(from: file.tensor(prefix + named.parameter.name, engine: engine))
                taken += 1
            }
            return taken
        }
    }

    /// The weights as a state dictionary; with `withCounters` also the step counters that other frameworks ask for.
    func items(prefix: String = "", withCounters: Bool = false) throws -> [SafeTensors.Item] {
        var items: [SafeTensors.Item] = []
        for named in tensors {
            items.append(try SafeTensors.Item(name: prefix + named.parameter.name, tensor: named.tensor))
            if withCounters, named.parameter.role == .runningVariance {
                let name = named.parameter.name.replacing("running_var", with: "num_batches_tracked")
                items.append(SafeTensors.Item(name: name, type: .int64, shape: [], bytes: [UInt8](repeating: 0, count: 8)))
            }
        }
        if withCounters {
            let bins = (0..<DetectorArchitecture.bins).map(Float.init)
            items.append(
                SafeTensors.Item(
                    name: "model.22.dfl.conv.weight", type: .float32, shape: [1, bins.count, 1, 1],
                    bytes: bins.withUnsafeBytes { Array($0) }))
        }
        return items
    }
}
