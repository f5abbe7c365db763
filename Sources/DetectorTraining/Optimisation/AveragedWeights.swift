import Foundation
package import Inference
import TensorEngine

/// A moving average of the weights: steadier than the weights themselves, so it is what is measured and saved.
package final class AveragedWeights {
    /// The network with the averages.
    package let network: DetectorNetwork
    /// In parts that fit into a processor's cache.
    private let pairs: [(source: [Tensor], average: [Tensor])]
    private let decay: Double
    private let tau: Double

    package init(of network: DetectorNetwork, settings: TrainingSettings) throws {
        decay = settings.ema_decay
        tau = settings.ema_tau
        let own = Dictionary(uniqueKeysWithValues: network.tensors.map { ($0.parameter.name, $0.tensor) })
        self.network = try network.engine.withoutGradients {
            try DetectorNetwork(network.architecture, engine: network.engine, device: network.device) { parameter in
                guard let tensor = own[parameter.name] else { throw TrainingError("the network has no \(parameter.name)") }
                return try tensor.detached().cloned()
            }
        }
        pairs = zip(network.tensors.cacheSized, self.network.tensors.cacheSized).map { ($0.map(\.tensor), $1.map(\.tensor)) }
    }

    /// The part of the average that stays at a step: small at first, when the weights are still bad.
    package static func factor(step: Int, decay: Double, tau: Double) -> Double {
        decay * (1 - exp(-Double(step) / tau))
    }

    /// Moves the averages towards the weights after `step` steps.
    package func update(step: Int) throws {
        let stays = Self.factor(step: step, decay: decay, tau: tau)
        try network.engine.withoutGradients {
            for (source, average) in pairs {
                try network.engine.multiply(average, by: stays)
                try network.engine.add(source, scale: 1 - stays, to: average)
            }
        }
    }
}
