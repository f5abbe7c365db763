// The operators by Swift names. Shapes are checked by the library, whose sentence the error carries.

extension Tensor {
    // MARK: Arithmetic (with broadcasting)

    package static func + (left: Tensor, right: Tensor) throws -> Tensor { try left.engine.one(.add, .tensor(left), .tensor(right)) }
    package static func - (left: Tensor, right: Tensor) throws -> Tensor { try left.engine.one(.subtract, .tensor(left), .tensor(right)) }
    package static func * (left: Tensor, right: Tensor) throws -> Tensor { try left.engine.one(.multiply, .tensor(left), .tensor(right)) }
    package static func / (left: Tensor, right: Tensor) throws -> Tensor { try left.engine.one(.divide, .tensor(left), .tensor(right)) }
    package static func + (left: Tensor, right: Double) throws -> Tensor { try left.engine.one(.addScalar, .tensor(left), .double(right)) }
    package static func * (left: Tensor, right: Double) throws -> Tensor {
        try left.engine.one(.multiplyScalar, .tensor(left), .double(right))
    }
    package static prefix func - (operand: Tensor) throws -> Tensor { try operand.engine.one(.negate, .tensor(operand)) }

    package func squared() throws -> Tensor { try engine.one(.power, .tensor(self), .int(2)) }
    package func arctangent() throws -> Tensor { try engine.one(.arctangent, .tensor(self)) }
    package func squareRoot() throws -> Tensor { try engine.one(.squareRoot, .tensor(self)) }
    package func reciprocalSquareRoot() throws -> Tensor { try engine.one(.reciprocalSquareRoot, .tensor(self)) }
    package func maximum(_ other: Tensor) throws -> Tensor { try engine.one(.maximum, .tensor(self), .tensor(other)) }
    package func minimum(_ other: Tensor) throws -> Tensor { try engine.one(.minimum, .tensor(self), .tensor(other)) }
    package func clamped(minimum: Double) throws -> Tensor { try engine.one(.clampMinimum, .tensor(self), .double(minimum)) }
    package func sigmoid() throws -> Tensor { try engine.one(.sigmoid, .tensor(self)) }
    package func silu() throws -> Tensor { try engine.one(.silu, .tensor(self)) }
    package func softmax(over dimension: Int) throws -> Tensor { try engine.one(.softmax, .tensor(self), .int(dimension)) }
    package func logSoftmax(over dimension: Int) throws -> Tensor { try engine.one(.logSoftmax, .tensor(self), .int(dimension)) }
    package func matmul(_ other: Tensor) throws -> Tensor { try engine.one(.matmul, .tensor(self), .tensor(other)) }

    // MARK: Reduction

    package func sum() throws -> Tensor { try engine.one(.sum, .tensor(self)) }
    package func sum(over dimensions: [Int], keepingDimensions keep: Bool = false) throws -> Tensor {
        try engine.one(.sumOver, .tensor(self), .ints(dimensions), .bool(keep))
    }
    package func mean(over dimensions: [Int], keepingDimensions keep: Bool = false) throws -> Tensor {
        try engine.one(.mean, .tensor(self), .ints(dimensions), .bool(keep))
    }

    // MARK: Shape and choice

    package func reshaped(_ shape: [Int]) throws -> Tensor { try engine.one(.reshape, .tensor(self), .ints(shape)) }
    package func permuted(_ order: [Int]) throws -> Tensor { try engine.one(.permute, .tensor(self), .ints(order)) }
    package func narrowed(_ dimension: Int, from start: Int, count: Int) throws -> Tensor {
        try engine.one(.narrow, .tensor(self), .int(dimension), .int(start), .int(count))
    }
    package func gathered(_ dimension: Int, at index: Tensor) throws -> Tensor {
        try engine.one(.gather, .tensor(self), .int(dimension), .tensor(index))
    }
    package func selected(_ dimension: Int, at index: Tensor) throws -> Tensor {
        try engine.one(.indexSelect, .tensor(self), .int(dimension), .tensor(index))
    }
    package static func concatenated(_ tensors: [Tensor], along dimension: Int) throws -> Tensor {
        guard let engine = tensors.first?.engine else { throw EngineError(.badInput, "no tensors to join") }
        return try engine.one(.concatenate, .tensors(tensors), .int(dimension))
    }
    package static func stacked(_ tensors: [Tensor]) throws -> Tensor {
        guard let engine = tensors.first?.engine else { throw EngineError(.badInput, "no tensors to stack") }
        return try engine.one(.stack, .tensors(tensors), .int(0))
    }

    // MARK: Memory

    package func contiguous() throws -> Tensor { try engine.one(.contiguous, .tensor(self)) }
    /// The same numbers with the channels of each pixel side by side: the faster order for convolutions on the CPU.
    package func channelsLast() throws -> Tensor { try engine.one(.contiguous, .tensor(self), .int(2)) }
    package func detached() throws -> Tensor { try engine.one(.detach, .tensor(self)) }
    package func cloned() throws -> Tensor { try engine.one(.clone, .tensor(self)) }
    package func copy(from other: Tensor) throws { try engine.call(.copyInPlace, [.tensor(self), .tensor(other)]) }
    package func converted(to type: TensorType) throws -> Tensor {
        try engine.one(.convertType, .tensor(self), .int(Int(type.rawValue)))
    }
    /// The tensor on `device` ("cpu", "cuda:0"), in its own type unless another is named.
    package func moved(to device: String, as type: TensorType? = nil) throws -> Tensor {
        let type = type ?? self.type ?? .float32
        return try engine.one(.moveTo, .tensor(self), .string(device), .int(Int(type.rawValue)))
    }

    // MARK: Networks (images are N, C, H, W)

    package func convolved(_ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0) throws -> Tensor {
        try engine.one(
            .convolution, .tensor(self), .tensor(weight), bias.map { .tensor($0) } ?? .none, .ints([stride, stride]),
            .ints([padding, padding]))
    }
    package func batchNormalised(
        weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor, training: Bool, momentum: Double, epsilon: Double
    ) throws -> Tensor {
        try engine.one(
            .batchNorm, .tensor(self), .tensor(weight), .tensor(bias), .tensor(mean), .tensor(variance), .bool(training),
            .double(momentum), .double(epsilon), .bool(true))
    }
    package func maxPooled(window: Int, stride: Int, padding: Int) throws -> Tensor {
        try engine.one(.maxPool, .tensor(self), .ints([window, window]), .ints([stride, stride]), .ints([padding, padding]))
    }
    /// Each pixel becomes a square of `height / own height` pixels.
    package func upsampledNearest(height: Int, width: Int) throws -> Tensor {
        try engine.one(.upsampleNearest, .tensor(self), .ints([height, width]), .none)
    }
    /// Binary cross entropy of these logits against `target`, element by element.
    package func binaryCrossEntropy(_ target: Tensor) throws -> Tensor {
        try engine.one(.binaryCrossEntropy, .tensor(self), .tensor(target), .none, .none, .int(0))
    }
}
