import Foundation

/// The learning rate and momentum of each step: a warm-up from (nearly) nothing, then a fall along a cosine or a line.
package struct LearningSchedule: Sendable {
    private let settings: TrainingSettings
    private let warmupSteps: Double

    /// The rates of one step.
    package struct Rates: Sendable, Equatable {
        /// Of weights.
        package var weights: Double
        /// Of biases.
        package var biases: Double
        package var momentum: Double

        package init(weights: Double, biases: Double, momentum: Double) {
            (self.weights, self.biases, self.momentum) = (weights, biases, momentum)
        }
    }

    package init(settings: TrainingSettings, stepsPerEpoch: Int) {
        self.settings = settings
        warmupSteps = settings.warmup_epochs * Double(stepsPerEpoch)
    }

    /// The part of `lr0` at `progress` from 0 (start) to 1 (end).
    package func factor(at progress: Double) -> Double {
        let progress = min(max(progress, 0), 1)
        let remaining = settings.cos_lr ? (1 + cos(.pi * progress)) / 2 : 1 - progress
        return settings.lrf + (1 - settings.lrf) * remaining
    }

    /// - Parameters:
    ///   - step: steps done before, from the start of the whole training.
    ///   - progress: part of the training done, 0 to 1.
    package func rates(step: Int, progress: Double) -> Rates {
        let rate = settings.lr0 * factor(at: progress)
        guard Double(step) < warmupSteps else { return Rates(weights: rate, biases: rate, momentum: settings.momentum) }
        let part = Double(step + 1) / (warmupSteps + 1)
        return Rates(
            weights: rate * part,
            biases: settings.warmup_bias_lr + (rate - settings.warmup_bias_lr) * part,
            momentum: settings.warmup_momentum + (settings.momentum - settings.warmup_momentum) * part)
    }
}
