/// One convolution of the network: with batch normalisation and SiLU, or plain with a bias (the last of each head).
package struct ConvolutionLayer: Sendable, Hashable {
    /// The prefix of its weights in a state dictionary, such as "model.0" or "model.22.cv2.0.2".
    package let name: String
    package let input: Int
    package let output: Int
    package let kernel: Int
    package let stride: Int
    package let isPlain: Bool

    package var padding: Int { kernel / 2 }

    /// What batch normalisation adds to the variance, and how fast its running statistics follow.
    package static let normalisationEpsilon = 1e-3
    package static let normalisationMomentum = 0.03

    /// The tensors that make up the layer, in the order of a state dictionary.
    package var parameters: [Parameter] {
        if isPlain {
            return [
                Parameter(name: "\(name).weight", shape: [output, input, kernel, kernel], role: .weight),
                Parameter(name: "\(name).bias", shape: [output], role: .bias),
            ]
        }
        return [
            Parameter(name: "\(name).conv.weight", shape: [output, input, kernel, kernel], role: .weight),
            Parameter(name: "\(name).bn.weight", shape: [output], role: .normalisationWeight),
            Parameter(name: "\(name).bn.bias", shape: [output], role: .bias),
            Parameter(name: "\(name).bn.running_mean", shape: [output], role: .runningMean),
            Parameter(name: "\(name).bn.running_var", shape: [output], role: .runningVariance),
        ]
    }

    /// One tensor of a state dictionary.
    package struct Parameter: Sendable, Hashable {
        package let name: String
        package let shape: [Int]
        package let role: Role

        package var count: Int { shape.reduce(1, *) }

        package enum Role: Sendable, Hashable {
            case weight, normalisationWeight, bias, runningMean, runningVariance

            /// Whether gradients change it; running statistics follow the data by themselves.
            package var isTrained: Bool { self != .runningMean && self != .runningVariance }
        }
    }
}
