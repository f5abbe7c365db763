/// The detector's network as a pure description: an anchor-free one-stage detector with a CSP backbone whose blocks keep
/// every intermediate map (C2f), spatial pyramid pooling (SPPF), a path aggregation neck, and a decoupled head that
/// predicts each side of a box as a distribution over 16 bins (Generalized Focal Loss, Li et al. 2020).
///
/// Layer numbers and names are those of the published YOLOv8 models, so that weights go both ways.
package struct DetectorArchitecture: Sendable, Hashable {
    package let scale: DetectorScale
    package let classCount: Int

    /// Pixels of the image per cell of each output level.
    package static let strides = [8, 16, 32]
    /// Bins of the distribution of each side, one per cell of distance.
    package static let bins = 16
    /// Sides of a picture must be multiples of this.
    package static let sizeMultiple = 32

    package init(scale: DetectorScale, classCount: Int) {
        precondition(classCount > 0, "a detector has at least one class")
        self.scale = scale
        self.classCount = classCount
    }

    /// Channels of the raw output of a cell: four distributions and a logit per class.
    package var outputChannels: Int { 4 * Self.bins + classCount }

    /// One raw output level: distributions of the sides, and class logits.
    package struct Level<Value> {
        package let box: Value
        package let classes: Value
    }

    /// Runs the whole network on `image` (N, 3, H, W) and gives the three raw levels, finest first.
    package func forward<Operations: NetworkOperations>(
        _ image: Operations.Value, with operations: Operations
    ) throws -> [Level<Operations.Value>] {
        let walk = Walk(scale: scale, operations: operations)
        let c = scale.channels
        var x = try walk.convolution(image, "model.0", 3, c(64), kernel: 3, stride: 2)
        x = try walk.convolution(x, "model.1", c(64), c(128), kernel: 3, stride: 2)
        x = try walk.c2f(x, "model.2", c(128), c(128), repetitions: 3, shortcut: true)
        x = try walk.convolution(x, "model.3", c(128), c(256), kernel: 3, stride: 2)
        let fine = try walk.c2f(x, "model.4", c(256), c(256), repetitions: 6, shortcut: true)
        x = try walk.convolution(fine, "model.5", c(256), c(512), kernel: 3, stride: 2)
        let middle = try walk.c2f(x, "model.6", c(512), c(512), repetitions: 6, shortcut: true)
        x = try walk.convolution(middle, "model.7", c(512), c(1024), kernel: 3, stride: 2)
        x = try walk.c2f(x, "model.8", c(1024), c(1024), repetitions: 3, shortcut: true)
        let coarse = try walk.sppf(x, "model.9", c(1024))

        x = try operations.concatenate([operations.upsample(coarse), middle])
        let neckMiddle = try walk.c2f(x, "model.12", c(1024) + c(512), c(512), repetitions: 3, shortcut: false)
        x = try operations.concatenate([operations.upsample(neckMiddle), fine])
        let outFine = try walk.c2f(x, "model.15", c(512) + c(256), c(256), repetitions: 3, shortcut: false)
        x = try walk.convolution(outFine, "model.16", c(256), c(256), kernel: 3, stride: 2)
        x = try operations.concatenate([x, neckMiddle])
        let outMiddle = try walk.c2f(x, "model.18", c(256) + c(512), c(512), repetitions: 3, shortcut: false)
        x = try walk.convolution(outMiddle, "model.19", c(512), c(512), kernel: 3, stride: 2)
        x = try operations.concatenate([x, coarse])
        let outCoarse = try walk.c2f(x, "model.21", c(512) + c(1024), c(1024), repetitions: 3, shortcut: false)

        let widths = [c(256), c(512), c(1024)]
        let boxWidth = max(16, widths[0] / 4, 4 * Self.bins)
        let classWidth = max(widths[0], min(classCount, 100))
        return try zip([outFine, outMiddle, outCoarse], widths).enumerated().map { level, map in
            try Level(
                box: walk.head(map.0, "model.22.cv2.\(level)", map.1, boxWidth, 4 * Self.bins),
                classes: walk.head(map.0, "model.22.cv3.\(level)", map.1, classWidth, classCount))
        }
    }

    /// The name of the plain convolution that gives the class logits (or the box bins) of a level.
    package static func lastLayerName(level: Int, ofClasses: Bool) -> String { "model.22.cv\(ofClasses ? 3 : 2).\(level).2" }

    /// All convolutions in the order they run.
    package var layers: [ConvolutionLayer] {
        let listing = LayerListing()
        _ = try? forward((), with: listing)
        return listing.layers
    }

    /// The blocks of the network over any operations.
    private struct Walk<Operations: NetworkOperations> {
        let scale: DetectorScale
        let operations: Operations
        typealias Value = Operations.Value

        func convolution(
            _ x: Value, _ name: String, _ input: Int, _ output: Int, kernel: Int, stride: Int = 1, isPlain: Bool = false
        ) throws -> Value {
            let layer = ConvolutionLayer(
                name: name, input: input, output: output, kernel: kernel, stride: stride, isPlain: isPlain)
            return try operations.convolution(x, layer)
        }

        func c2f(_ x: Value, _ name: String, _ input: Int, _ output: Int, repetitions: Int, shortcut: Bool) throws -> Value {
            let hidden = output / 2
            let count = scale.repetitions(repetitions)
            let wide = try convolution(x, "\(name).cv1", input, 2 * hidden, kernel: 1)
            let (first, second) = try operations.halves(wide, channels: hidden)
            var maps = [first, second]
            for index in 0..<count {
                let last = maps[maps.count - 1]
                let inner = try convolution(last, "\(name).m.\(index).cv1", hidden, hidden, kernel: 3)
                let outer = try convolution(inner, "\(name).m.\(index).cv2", hidden, hidden, kernel: 3)
                maps.append(shortcut ? try operations.add(last, outer) : outer)
            }
            return try convolution(operations.concatenate(maps), "\(name).cv2", (2 + count) * hidden, output, kernel: 1)
        }

        func sppf(_ x: Value, _ name: String, _ channels: Int) throws -> Value {
            var maps = [try convolution(x, "\(name).cv1", channels, channels / 2, kernel: 1)]
            for index in 0..<3 { maps.append(try operations.maxPool(maps[index])) }
            return try convolution(operations.concatenate(maps), "\(name).cv2", channels * 2, channels, kernel: 1)
        }

        func head(_ x: Value, _ name: String, _ input: Int, _ hidden: Int, _ output: Int) throws -> Value {
            let first = try convolution(x, "\(name).0", input, hidden, kernel: 3)
            let second = try convolution(first, "\(name).1", hidden, hidden, kernel: 3)
            return try convolution(second, "\(name).2", hidden, output, kernel: 1, isPlain: true)
        }
    }

    /// Operations that compute nothing and note the layers they meet.
    private final class LayerListing: NetworkOperations {
        var layers: [ConvolutionLayer] = []
        func convolution(_ input: Void, _ layer: ConvolutionLayer) { layers.append(layer) }
        func add(_ left: Void, _ right: Void) {}
        func concatenate(_ values: [Void]) {}
        func halves(_ value: Void, channels: Int) -> (Void, Void) { ((), ()) }
        func maxPool(_ value: Void) {}
        func upsample(_ value: Void) {}
    }
}
