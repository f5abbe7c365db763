package import Inference
import TensorEngine

/// Changes the weights along their gradients: SGD with Nesterov momentum, or AdamW (Loshchilov, Hutter 2019). Convolution
/// weights decay; normalisation weights and biases do not.
package final class WeightOptimizer {
    private let kind: TrainingSettings.Optimizer
    private let decay: Double
    private let clipNorm: Double
    private let engine: TensorEngine
    private let groups: [Group]
    /// AdamW's count of steps.
    private(set) var steps = 0

    private static let secondMomentum = 0.999
    private static let epsilon = 1e-8

    /// Parameters that share their rates, with the optimiser's memory of each; so few that all of it fits into a processor's
    /// cache, as each step goes over it about ten times.
    private struct Group {
        let names: [String]
        let parameters: [Tensor]
        let decays: Bool
        let isBias: Bool
        /// Momentum, or AdamW's first moment.
        let first: [Tensor]
        /// AdamW's second moment; empty for SGD.
        let second: [Tensor]
    }

    package init(network: DetectorNetwork, settings: TrainingSettings) throws {
        kind = settings.optimizer
        decay = settings.weight_decay
        clipNorm = settings.clip_norm
        engine = network.engine
        let hasSecond = settings.optimizer != .sgd
        func group(_ own: [DetectorNetwork.NamedTensor], _ role: ConvolutionLayer.Parameter.Role) throws -> Group {
            func zeros() throws -> [Tensor] { try own.map { try $0.tensor.detached() * 0 } }
            return Group(
                names: own.map(\.parameter.name), parameters: own.map(\.tensor), decays: role == .weight, isBias: role == .bias,
                first: try zeros(), second: hasSecond ? try zeros() : [])
        }
        groups = try network.engine.withoutGradients {
            try [.weight, .normalisationWeight, .bias].flatMap { role in
                try network.tensors.filter { $0.parameter.role == role }.cacheSized.map { try group($0, role) }
            }
        }
    }

    /// One step along the gradients, which are cut to `clip_norm` and then dropped.
    ///
    /// - Returns: the length of the whole gradient before it was cut.
    /// - Throws: `TrainingError` when it is no finite number; nothing is changed then.
    package func step(rates: LearningSchedule.Rates) throws -> Float {
        try engine.withoutGradients {
            let gradients = try groups.map { group in
                try group.parameters.map { parameter in
                    // A parameter that took no part in this loss stands still.
                    try parameter.gradient() ?? (parameter.detached() * 0)
                }
            }
            let all = gradients.flatMap { $0 }
            let length = try engine.norm(all)
            guard length.isFinite else {
                throw TrainingError("the gradient is no finite number any more; lower lr0 or start from other weights")
            }
            if Double(length) > clipNorm { try engine.multiply(all, by: clipNorm / (Double(length) + 1e-6)) }
            steps += 1
            for (group, gradient) in zip(groups, gradients) {
                let rate = group.isBias ? rates.biases : rates.weights
                switch kind {
                case .sgd: try descend(group, gradient, rate: rate, momentum: rates.momentum)
                case .adamW, .auto: try descendAdamW(group, gradient, rate: rate, momentum: rates.momentum)
                }
                for parameter in group.parameters { try parameter.clearGradient() }
            }
            return length
        }
    }

    private func descend(_ group: Group, _ gradient: [Tensor], rate: Double, momentum: Double) throws {
        if group.decays, decay > 0 { try engine.add(group.parameters, scale: decay, to: gradient) }
        try engine.multiply(group.first, by: momentum)
        try engine.add(gradient, to: group.first)
        // Nesterov: look ahead by one more step of the momentum.
        try engine.add(group.first, scale: momentum, to: gradient)
        try engine.add(gradient, scale: -rate, to: group.parameters)
    }

    private func descendAdamW(_ group: Group, _ gradient: [Tensor], rate: Double, momentum: Double) throws {
        if group.decays, decay > 0 { try engine.multiply(group.parameters, by: 1 - rate * decay) }
        try engine.multiply(group.first, by: momentum)
        try engine.add(gradient, scale: 1 - momentum, to: group.first)
        try engine.multiply(group.second, by: Self.secondMomentum)
        try engine.addProduct(gradient, gradient, scale: 1 - Self.secondMomentum, to: group.second)
        let firstCorrection = 1 - power(momentum, steps)
        let secondCorrection = 1 - power(Self.secondMomentum, steps)
        // The correction of the second moment is moved out of the root, which saves a pass over all of it.
        let scale = secondCorrection.squareRoot()
        let roots = try engine.squareRoots(group.second)
        try engine.add(Self.epsilon * scale, to: roots)
        try engine.addQuotient(group.first, roots, scale: -rate * scale / firstCorrection, to: group.parameters)
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, square, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }

    // MARK: Checkpoints

    /// The optimiser's memory, by names that start with `prefix`.
    func items(prefix: String) throws -> [SafeTensors.Item] {
        try groups.flatMap { group in
            try zip(group.names, group.first).map { try SafeTensors.Item(name: "\(prefix)first.\($0)", tensor: $1) }
                + zip(group.names, group.second).map { try SafeTensors.Item(name: "\(prefix)second.\($0)", tensor: $1) }
        }
    }

    func restore(from file: SafeTensors, prefix: String, steps: Int) throws {
        self.steps = steps
        try engine.withoutGradients {
            for group in groups {
                for (part, tensors) in [("first", group.first), ("second", group.second)] {
                    for (name, tensor) in zip(group.names, tensors) {
                        try tensor.copy(from: file.tensor("\(prefix)\(part).\(name)", shape: tensor.shape, engine: engine))
                    }
                }
            }
        }
    }
}

extension [DetectorNetwork.NamedTensor] {
    /// The same in order, in parts of about half a megabyte (or one larger tensor).
    var cacheSized: [[DetectorNetwork.NamedTensor]] {
        var parts: [[DetectorNetwork.NamedTensor]] = []
        var count = Int.max
        for named in self {
            if count > 1 << 17 {
                parts.append([])
                count = 0
            }
            parts[parts.count - 1].append(named)
            count += named.parameter.count
        }
        return parts
    }
}
