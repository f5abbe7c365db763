import CKernels
import Detection
import Foundation
import Imaging
import Inference
import TensorEngine
import Testing

@Suite("Own kernels")
struct KernelTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var outputs, inputs, kernel, stride, height, width, threads: Int
        var testDescription: String {
            "\(inputs) to \(outputs), \(kernel)×\(kernel) step \(stride), \(height)×\(width), \(threads) threads"
        }
    }

    @Test(
        "A convolution is the sum over its window",
        arguments: [
            Case(outputs: 1, inputs: 1, kernel: 1, stride: 1, height: 1, width: 1, threads: 1),
            Case(outputs: 13, inputs: 3, kernel: 3, stride: 2, height: 9, width: 7, threads: 1),
            Case(outputs: 7, inputs: 5, kernel: 3, stride: 1, height: 6, width: 41, threads: 3),
            Case(outputs: 25, inputs: 33, kernel: 1, stride: 1, height: 5, width: 13, threads: 2),
            Case(outputs: 40, inputs: 24, kernel: 3, stride: 1, height: 12, width: 12, threads: 2),
        ])
    func convolution(_ c: Case) throws {
        let weights = (0..<c.outputs * c.inputs * c.kernel * c.kernel).map { Float(($0 * 7919) % 23 - 11) / 16 }
        let bias = (0..<c.outputs).map { Float($0 % 5) - 2 }
        let picture = (0..<c.inputs * c.height * c.width).map { Float(($0 * 104729) % 31 - 15) / 8 }
        let padding = c.kernel / 2
        let tall = (c.height + 2 * padding - c.kernel) / c.stride + 1, wide = (c.width + 2 * padding - c.kernel) / c.stride + 1
        // Not inside a macro: it would take the arguments apart, and the arrays' pointers would not outlive that.
        let made = ck_convolution_make(
            weights, bias, Int32(c.outputs), Int32(c.inputs), Int32(c.kernel), Int32(c.stride), Int32(padding))
        let handle = try #require(made)
        defer { ck_convolution_free(handle) }
        for silu in [0, 1] {
            var output = [Float](repeating: .nan, count: c.outputs * tall * wide)
            let status = ck_convolve(handle, picture, Int32(c.height), Int32(c.width), Int32(silu), Int32(c.threads), &output)
            #expect(status == 0)
            var worst = 0.0
            for o in 0..<c.outputs {
                for y in 0..<tall {
                    for x in 0..<wide {
                        var sum = Double(bias[o])
                        for i in 0..<c.inputs {
                            for v in 0..<c.kernel {
                                for u in 0..<c.kernel {
                                    let (row, column) = (y * c.stride + v - padding, x * c.stride + u - padding)
                                    guard (0..<c.height).contains(row), (0..<c.width).contains(column) else { continue }
                                    let weight = weights[((o * c.inputs + i) * c.kernel + v) * c.kernel + u]
                                    sum += Double(weight * picture[(i * c.height + row) * c.width + column])
                                }
                            }
                        }
                        let wanted = silu == 1 ? sum / (1 + exp(-sum)) : sum
                        let error = abs(Double(output[(o * tall + y) * wide + x]) - wanted)
                        worst = error.isFinite ? max(worst, error) : .infinity
                    }
                }
            }
            #expect(worst < 2e-4)
        }
    }

    @Test("SiLU is exact far from zero")
    func silu() throws {
        let made = ck_convolution_make([1], [0], 1, 1, 1, 1, 0)
        let handle = try #require(made)
        defer { ck_convolution_free(handle) }
        let values: [Float] = [-1000, -100, -88, -20, -1, -0.001, 0, 0.001, 1, 20, 88, 100, 1000]
        var output = [Float](repeating: 0, count: values.count)
        let status = ck_convolve(handle, values, 1, Int32(values.count), 1, 1, &output)
        #expect(status == 0)
        for (x, y) in zip(values, output) {
            let wanted = Double(x) / (1 + exp(-Double(x)))
            #expect(abs(Double(y) - wanted) <= 1e-6 * max(1, abs(wanted)))
        }
    }

    @Test("Maximum pooling keeps the size and looks no further than the border")
    func maxPool() {
        let picture: [Float] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
        var output = [Float](repeating: 0, count: 12)
        ck_max_pool(picture, 1, 3, 4, 3, &output)
        #expect(output == [6, 7, 8, 8, 10, 11, 12, 12, 10, 11, 12, 12])
        let negative = [Float](repeating: -3, count: 12)
        ck_max_pool(negative, 1, 3, 4, 5, &output)
        #expect(output == negative)
    }

    @Test("Upsampling repeats each pixel")
    func upsample() {
        var output = [Float](repeating: 0, count: 16)
        ck_upsample([1, 2, 3, 4], 2, 1, 2, &output)
        #expect(output == [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4])
    }

    @Test("Half precision widens exactly", arguments: [(0x3C00, 1.0), (0xC000, -2), (0x7BFF, 65504), (0x0001, 0x1p-24), (0x8000, -0.0)])
    func half(bits: Int, value: Double) {
        #expect(NativeWeights.float(half: UInt16(bits)).bitPattern == Float(value).bitPattern)
    }
}

@Suite("The native back-end")
struct NativeNetworkTests {
    /// Weights of zero: every side's distribution is even, so boxes are 7.5 cells to each side of their cell, and scores are
    /// what the last bias says.
    private func items(classCount: Int) -> [(name: String, shape: [Int], values: [Float])] {
        DetectorArchitecture(scale: .nano, classCount: classCount).layers.flatMap { layer in
            let stem = layer.isPlain ? layer.name : layer.name + ".conv"
            let shape = [layer.output, layer.input, layer.kernel, layer.kernel]
            let isScore = layer.isPlain && layer.output == classCount
            return [
                (stem + ".weight", shape, [Float](repeating: 0, count: shape.reduce(1, *))),
                (stem + ".bias", [layer.output], [Float](repeating: isScore ? 1.0986123 : 0, count: layer.output)),
            ]
        }
    }

    @Test("The head turns even distributions into boxes of fifteen cells")
    func evenHead() throws {
        let weights = NativeWeights(
            Dictionary(uniqueKeysWithValues: items(classCount: 3).map { ($0.name, .init(shape: $0.shape, floats: $0.values)) }))
        let output = try NativeNetwork(weights: weights, threads: 2).run([Float](repeating: 0.5, count: 3 * 64 * 64), count: 1, side: 64)
        #expect(output.dims == [1, 7, 64 + 16 + 4])
        func column(_ index: Int) -> [Float] { (0..<7).map { output.values[$0 * 84 + index] } }
        let boxes: [(Int, [Float])] = [
            (0, [4, 4, 120, 120]), (9, [12, 12, 120, 120]), (64, [8, 8, 240, 240]), (83, [48, 48, 480, 480]),
        ]
        for (index, wanted) in boxes {
            let found = column(index)
            #expect(zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-2 }, "column \(index): \(found)")
            #expect(found[4...].allSatisfy { abs($0 - 0.75) < 1e-4 })
        }
    }

    @Test("A folder of safetensors and card is served")
    func folder() throws {
        let folder = NSTemporaryDirectory() + "native-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/INPUT_model", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let data = try SafeTensors.encoded(
            items(classCount: 3).map { item in
                SafeTensors.Item(
                    name: item.name, type: .float32, shape: item.shape, bytes: item.values.withUnsafeBytes { Array($0) })
            })
        try data.write(to: URL(fileURLWithPath: folder + "/INPUT_model/best.safetensors"))
        try ModelCard(architecture: "yolov8n", names: ["a", "b", "c"], imgsz: 64).json()
            .write(to: URL(fileURLWithPath: folder + "/INPUT_model/best.json"))
        let detector = try AllBackends.open(folder, options: DetectorOptions(threads: 1, search: EngineSearch(folders: [])))
        #expect(detector.engine == "native")
        #expect(detector.classNames == ["a", "b", "c"])
        let found = try detector.detect([PixelImage(width: 100, height: 50)], settings: DetectionSettings())[0]
        #expect(found.allSatisfy { abs($0.score - 0.75) < 1e-4 && $0.box.xMax <= 100 && $0.box.yMax <= 50 })
        #expect(!found.isEmpty)
    }

    @Test("Weights of another family are refused with their missing name")
    func otherFamily() {
        let error = #expect(throws: InferenceError.self) {
            let other = NativeWeights(["backbone.stem": .init(shape: [1], floats: [0])], source: "x.safetensors")
            return try NativeNetwork(weights: other, threads: 1)
        }
        #expect(error?.description.contains("model.0.conv.weight") == true)
    }
}
