import CKernels
import Foundation

/// The detector's architecture run by kernels of our own.
package final class NativeNetwork: InferenceNetwork {
    private let architecture: DetectorArchitecture
    private let convolutions: [String: NativeConvolution]
    private let threads: Int

    /// Size and class count are read off the weights.
    package init(weights: NativeWeights, threads: Int) throws {
        let width = try weights.values("model.0.conv.weight", rank: 4).shape[0]
        let classCount = try weights.values(DetectorArchitecture.lastLayerName(level: 0, ofClasses: true) + ".bias", rank: 1).shape[0]
        guard let scale = DetectorScale.allCases.first(where: { $0.channels(64) == width }), classCount > 0 else {
            throw InferenceError("\(weights.source) starts with \(width) channels, which is none of the sizes n, s, m, l, x of YOLOv8")
        }
        architecture = DetectorArchitecture(scale: scale, classCount: classCount)
        self.threads = threads
        convolutions = Dictionary(
            uniqueKeysWithValues: try architecture.layers.map { ($0.name, try NativeConvolution($0, in: weights)) })
    }

    package func run(_ canvases: [Float], count: Int, side: Int) throws -> HeadOutput {
        let each = 3 * side * side
        guard count > 0, canvases.count >= count * each else { throw InferenceError("a batch of \(count) pictures is incomplete") }
        let outputs = try (0..<count).map { try run(Array(canvases[($0 * each)..<(($0 + 1) * each)]), side: side) }
        return HeadOutput(values: outputs.flatMap(\.values), dims: [count] + outputs[0].dims.dropFirst())
    }

    private func run(_ canvas: [Float], side: Int) throws -> HeadOutput {
        let levels = try architecture.forward(FeatureMap(channels: 3, height: side, width: side, values: canvas), with: self)
        let grid = AnchorGrid(size: side)
        var values = [Float](repeating: 0, count: (4 + architecture.classCount) * grid.count)
        try values.withUnsafeMutableBufferPointer { output in
            var start = 0
            for level in levels {
                guard start + level.box.plane <= grid.count else {
                    throw InferenceError("a picture of \(side) pixels does not fit the head")
                }
                decode(level, grid, into: output, start: start)
                start += level.box.plane
            }
        }
        return HeadOutput(values: values, dims: [1, 4 + architecture.classCount, grid.count])
    }

    /// Writes the columns of one level into `output` of shape [4 + classes, cells]: each side of a box is the mean of a
    /// distribution over its bins (Li et al. 2020, arXiv:2006.04388), in cells from the cell's centre.
    private func decode(
        _ level: DetectorArchitecture.Level<FeatureMap>, _ grid: AnchorGrid, into output: UnsafeMutableBufferPointer<Float>, start: Int
    ) {
        let plane = level.box.plane
        for position in 0..<plane {
            func distance(_ side: Int) -> Float {
                let first = side * DetectorArchitecture.bins * plane + position
                var highest = -Float.infinity
                for bin in 0..<DetectorArchitecture.bins { highest = max(highest, level.box.values[first + bin * plane]) }
                var sum: Float = 0, weighted: Float = 0
                for bin in 0..<DetectorArchitecture.bins {
                    let share = exp(level.box.values[first + bin * plane] - highest)
                    sum += share
                    weighted += share * Float(bin)
                }
                return weighted / sum
            }
            let cell = start + position, stride = grid.strides[cell]
            let (left, top, right, bottom) = (distance(0), distance(1), distance(2), distance(3))
            output[cell] = (grid.centres[2 * cell] + (right - left) / 2) * stride
            output[grid.count + cell] = (grid.centres[2 * cell + 1] + (bottom - top) / 2) * stride
            output[2 * grid.count + cell] = (left + right) * stride
            output[3 * grid.count + cell] = (top + bottom) * stride
        }
        for category in 0..<architecture.classCount {
            for position in 0..<plane {
                output[(4 + category) * grid.count + start + position] = 1 / (1 + exp(-level.classes.values[category * plane + position]))
            }
        }
    }
}

extension NativeNetwork: NetworkOperations {
    package func convolution(_ input: FeatureMap, _ layer: ConvolutionLayer) throws -> FeatureMap {
        guard let convolution = convolutions[layer.name] else { throw InferenceError("the network has no layer \(layer.name)") }
        return try convolution(input, threads: threads)
    }

    package func add(_ left: FeatureMap, _ right: FeatureMap) throws -> FeatureMap {
        let sum = try concatenate([left])
        ck_add(sum.values.baseAddress, right.values.baseAddress, min(sum.values.count, right.values.count))
        return sum
    }

    package func concatenate(_ values: [FeatureMap]) throws -> FeatureMap {
        guard let first = values.first, values.allSatisfy({ $0.height == first.height && $0.width == first.width }) else {
            throw InferenceError("feature maps of different sizes cannot be joined; the picture's side must be a multiple of 32")
        }
        let joined = FeatureMap(channels: values.reduce(0) { $0 + $1.channels }, height: first.height, width: first.width)
        var channel = 0
        for value in values {
            _ = FeatureMap(of: joined, from: channel, count: value.channels).values.update(from: value.values)
            channel += value.channels
        }
        return joined
    }

    package func halves(_ value: FeatureMap, channels: Int) -> (FeatureMap, FeatureMap) {
        (FeatureMap(of: value, from: 0, count: channels), FeatureMap(of: value, from: channels, count: value.channels - channels))
    }

    package func maxPool(_ value: FeatureMap) -> FeatureMap {
        let pooled = FeatureMap(channels: value.channels, height: value.height, width: value.width)
        ck_max_pool(value.values.baseAddress, Int32(value.channels), Int32(value.height), Int32(value.width), 5, pooled.values.baseAddress)
        return pooled
    }

    package func upsample(_ value: FeatureMap) -> FeatureMap {
        let larger = FeatureMap(channels: value.channels, height: 2 * value.height, width: 2 * value.width)
        ck_upsample(value.values.baseAddress, Int32(value.channels), Int32(value.height), Int32(value.width), larger.values.baseAddress)
        return larger
    }
}
