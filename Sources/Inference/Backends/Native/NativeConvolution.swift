import CKernels

/// One convolution of the network with its normalisation folded in.
package final class NativeConvolution {
    private let layer: ConvolutionLayer
    private let handle: OpaquePointer

    /// Reads the layer's weights; ones with the normalisation already folded carry `conv.bias` instead of it.
    package convenience init(_ layer: ConvolutionLayer, in weights: NativeWeights) throws {
        let stem = layer.isPlain ? layer.name : layer.name + ".conv"
        var kernel = try weights.values(stem + ".weight", rank: 4).floats
        guard !layer.isPlain, weights.contains(layer.name + ".bn.weight") else {
            try self.init(layer, weights: kernel, bias: weights.values(stem + ".bias", rank: 1).floats)
            return
        }
        let parts = try ["weight", "bias", "running_mean", "running_var"].map {
            try weights.values("\(layer.name).bn.\($0)", rank: 1).floats
        }
        guard parts.allSatisfy({ $0.count == layer.output }), kernel.count % layer.output == 0 else {
            throw InferenceError("\(layer.name).bn in \(weights.source) does not fit its convolution of \(layer.output) channels")
        }
        var bias = parts[1]
        let each = kernel.count / layer.output
        for channel in 0..<layer.output {
            let scale = parts[0][channel] / (parts[3][channel] + Float(ConvolutionLayer.normalisationEpsilon)).squareRoot()
            bias[channel] -= parts[2][channel] * scale
            for index in (channel * each)..<((channel + 1) * each) { kernel[index] *= scale }
        }
        try self.init(layer, weights: kernel, bias: bias)
    }

    /// `weights` of shape [outputs, inputs, kernel, kernel]; anything but a plain layer is followed by SiLU.
    package init(_ layer: ConvolutionLayer, weights: [Float], bias: [Float]) throws {
        guard weights.count == layer.output * layer.input * layer.kernel * layer.kernel, bias.count == layer.output else {
            throw InferenceError(
                "the layer \(layer.name) has \(weights.count) weights and \(bias.count) biases, "
                    + "but \(layer.output)×\(layer.input)×\(layer.kernel)×\(layer.kernel) are wanted; the file is for another model")
        }
        guard
            let handle = ck_convolution_make(
                weights, bias, Int32(layer.output), Int32(layer.input), Int32(layer.kernel), Int32(layer.stride), Int32(layer.padding))
        else { throw InferenceError("out of memory while loading \(layer.name)") }
        self.layer = layer
        self.handle = handle
    }

    deinit { ck_convolution_free(handle) }

    package func callAsFunction(_ input: FeatureMap, threads: Int) throws -> FeatureMap {
        guard input.channels == layer.input else {
            throw InferenceError("\(layer.name) takes \(layer.input) channels and met \(input.channels)")
        }
        let output = FeatureMap(
            channels: layer.output, height: (input.height + 2 * layer.padding - layer.kernel) / layer.stride + 1,
            width: (input.width + 2 * layer.padding - layer.kernel) / layer.stride + 1)
        let status = ck_convolve(
            handle, input.values.baseAddress, Int32(input.height), Int32(input.width), layer.isPlain ? 0 : 1, Int32(clamping: threads),
            output.values.baseAddress)
        guard status == 0 else { throw InferenceError("out of memory while running \(layer.name)") }
        return output
    }
}
