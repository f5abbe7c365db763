package import TensorEngine

/// The network with its weights as tensors: trained by `DetectorTraining`, run for predictions here.
package final class DetectorNetwork {
    package let architecture: DetectorArchitecture
    package let engine: TensorEngine
    package let device: String
    /// Whether batch normalisation uses the batch (and updates its statistics) or what it has learnt.
    package var isTraining = false
    /// Whether convolutions and what lies between them run in bfloat16; weights, statistics and the output stay in 32 bits.
    package var usesBFloat16 = false

    /// A tensor with its place in the architecture.
    package struct NamedTensor {
        package let parameter: ConvolutionLayer.Parameter
        package let tensor: Tensor
    }

    /// Every tensor in the order of the layers.
    package let tensors: [NamedTensor]
    private var layers: [String: LayerTensors] = [:]

    private struct LayerTensors {
        var weight: Tensor
        var bias: Tensor
        /// Gamma, running mean and running variance; nil for a plain or folded layer.
        var normalisation: (weight: Tensor, mean: Tensor, variance: Tensor)?
    }

    /// Builds the network from the values that `source` gives for each parameter.
    package init(
        _ architecture: DetectorArchitecture, engine: TensorEngine, device: String = "cpu",
        source: (ConvolutionLayer.Parameter) throws -> Tensor
    ) throws {
        self.architecture = architecture
        self.engine = engine
        self.device = device
        var tensors: [NamedTensor] = []
        for layer in architecture.layers {
            let own = try layer.parameters.map { parameter in
                let given = try source(parameter).moved(to: device, as: .float32)
                // Convolutions run on channels-last pictures, so their weights lie the same way.
                let tensor = parameter.role == .weight ? try given.channelsLast() : given
                return NamedTensor(parameter: parameter, tensor: tensor)
            }
            tensors += own
            layers[layer.name] =
                layer.isPlain
                ? LayerTensors(weight: own[0].tensor, bias: own[1].tensor)
                : LayerTensors(
                    weight: own[0].tensor, bias: own[2].tensor, normalisation: (own[1].tensor, own[3].tensor, own[4].tensor))
        }
        self.tensors = tensors
    }

    /// Reads the weights of a safetensors file.
    ///
    /// - Throws: `InferenceError` for a tensor that is missing or has another shape.
    package convenience init(
        _ architecture: DetectorArchitecture, weights: SafeTensors, prefix: String = "", engine: TensorEngine, device: String = "cpu"
    ) throws {
        try self.init(architecture, engine: engine, device: device) { parameter in
            try Self.neutral(parameter, in: weights, prefix: prefix, engine: engine)
                ?? weights.tensor(prefix + parameter.name, shape: parameter.shape, engine: engine)
        }
    }

    /// A value of batch normalisation that changes nothing, for files whose convolutions it was folded into already: those
    /// have a bias of their own.
    private static func neutral(
        _ parameter: ConvolutionLayer.Parameter, in weights: SafeTensors, prefix: String, engine: TensorEngine
    ) throws -> Tensor? {
        guard let layer = parameter.name.firstRange(of: ".bn.").map({ prefix + parameter.name[..<$0.lowerBound] }),
            weights.shape(of: layer + ".conv.bias") != nil
        else { return nil }
        let value: Float
        switch parameter.role {
        case .bias: return try weights.tensor(layer + ".conv.bias", shape: parameter.shape, engine: engine)
        case .weight: return nil
        case .runningMean: value = 0
        case .runningVariance: value = 1
        case .normalisationWeight: value = Float((1 + ConvolutionLayer.normalisationEpsilon).squareRoot())
        }
        return try Tensor([Float](repeating: value, count: parameter.count), shape: parameter.shape, engine: engine)
    }

    /// A copy for predictions: batch normalisation is folded into the convolutions before it.
    package func folded() throws -> DetectorNetwork {
        let copy = try DetectorNetwork(architecture, engine: engine, device: device, tensors: tensors, layers: layers)
        try engine.withoutGradients {
            for (name, layer) in layers {
                guard let normalisation = layer.normalisation else { continue }
                let factor =
                    try (normalisation.variance + ConvolutionLayer.normalisationEpsilon).reciprocalSquareRoot()
                    * normalisation.weight
                copy.layers[name] = LayerTensors(
                    weight: try (layer.weight * factor.reshaped([-1, 1, 1, 1])).channelsLast(),
                    bias: try layer.bias - normalisation.mean * factor)
            }
        }
        return copy
    }

    private init(
        _ architecture: DetectorArchitecture, engine: TensorEngine, device: String, tensors: [NamedTensor], layers: [String: LayerTensors]
    ) throws {
        self.architecture = architecture
        self.engine = engine
        self.device = device
        self.tensors = tensors
        self.layers = layers
    }

    /// Weight and bias of a layer of a folded network.
    package func foldedValues(of layer: ConvolutionLayer) throws -> (weight: [Float], bias: [Float]) {
        guard let own = layers[layer.name], own.normalisation == nil else {
            throw InferenceError("the layer \(layer.name) is not folded")
        }
        return (try own.weight.array(), try own.bias.array())
    }

    // MARK: Running

    /// Pictures as bytes (N, H, W, 3) to the network's input: channels first, 0 to 1, kept channels-last in memory.
    package func input(_ pixels: Tensor) throws -> Tensor {
        try pixels.moved(to: device).permuted([0, 3, 1, 2]).converted(to: .float32) * (1.0 / 255)
    }

    /// The raw output: N, cells, 64 + classes.
    package func forward(_ input: Tensor) throws -> Tensor {
        let batch = input.size(0)
        let levels = try architecture.forward(input, with: self).map { level in
            try Tensor.concatenated([level.box, level.classes], along: 1).reshaped([batch, architecture.outputChannels, -1])
        }
        let raw = try Tensor.concatenated(levels, along: 2).permuted([0, 2, 1])
        return try (usesBFloat16 ? raw.converted(to: .float32) : raw).contiguous()
    }

    /// The sides' distances from the cell centres in cells (N, cells, 4: left, top, right, bottom): the mean of each distribution.
    package func distances(raw: Tensor) throws -> Tensor {
        let bins = DetectorArchitecture.bins
        let distributions = try raw.narrowed(2, from: 0, count: 4 * bins).reshaped([raw.size(0), -1, 4, bins])
        let positions = try Tensor((0..<bins).map(Float.init), shape: [bins], engine: engine).moved(to: device)
        return try distributions.softmax(over: 3).matmul(positions)
    }

    /// Predictions in pixels of the input, laid out as exported models give them: N, 4 + classes, cells; the box as
    /// centre and size, the classes as scores from 0 to 1.
    package func predict(_ input: Tensor) throws -> Tensor {
        try engine.withoutGradients {
            let raw = try forward(input)
            let grid = AnchorGrid(size: input.size(2))
            let centres = try Tensor(grid.centres, shape: [1, grid.count, 2], engine: engine).moved(to: device)
            let strides = try Tensor(grid.strides, shape: [1, grid.count, 1], engine: engine).moved(to: device)
            let distances = try distances(raw: raw)
            let (near, far) = (try distances.narrowed(2, from: 0, count: 2), try distances.narrowed(2, from: 2, count: 2))
            let middle = try (centres + (far - near) * 0.5) * strides
            let size = try (far + near) * strides
            let scores = try raw.narrowed(2, from: 4 * DetectorArchitecture.bins, count: architecture.classCount).sigmoid()
            return try Tensor.concatenated([middle, size, scores], along: 2).permuted([0, 2, 1]).contiguous()
        }
    }
}

extension DetectorNetwork: NetworkOperations {
    package func convolution(_ input: Tensor, _ layer: ConvolutionLayer) throws -> Tensor {
        guard let own = layers[layer.name] else { throw InferenceError("the network has no layer \(layer.name)") }
        func narrow(_ tensor: Tensor) throws -> Tensor { usesBFloat16 ? try tensor.converted(to: .bfloat16) : tensor }
        guard let normalisation = own.normalisation else {
            let result = try narrow(input).convolved(narrow(own.weight), bias: narrow(own.bias), stride: layer.stride, padding: layer.padding)
            return layer.isPlain ? result : try result.silu()
        }
        return try narrow(input).convolved(narrow(own.weight), stride: layer.stride, padding: layer.padding)
            .batchNormalised(
                weight: normalisation.weight, bias: own.bias, mean: normalisation.mean, variance: normalisation.variance,
                training: isTraining, momentum: ConvolutionLayer.normalisationMomentum,
                epsilon: ConvolutionLayer.normalisationEpsilon
            )
            .silu()
    }

    package func add(_ left: Tensor, _ right: Tensor) throws -> Tensor { try left + right }
    package func concatenate(_ values: [Tensor]) throws -> Tensor { try Tensor.concatenated(values, along: 1) }
    package func halves(_ value: Tensor, channels: Int) throws -> (Tensor, Tensor) {
        (try value.narrowed(1, from: 0, count: channels), try value.narrowed(1, from: channels, count: channels))
    }
    package func maxPool(_ value: Tensor) throws -> Tensor { try value.maxPooled(window: 5, stride: 1, padding: 2) }
    package func upsample(_ value: Tensor) throws -> Tensor {
        try value.upsampledNearest(height: value.size(2) * 2, width: value.size(3) * 2)
    }
}
