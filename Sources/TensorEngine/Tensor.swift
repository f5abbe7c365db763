internal import CTorchABI
import Foundation

/// A multi-dimensional array of the tensor library, released with its last reference.
package final class Tensor {
    /// The library's own object with one reference that this value owns.
    let handle: OpaquePointer
    package let engine: TensorEngine

    init(owning handle: OpaquePointer, engine: TensorEngine) {
        self.handle = handle
        self.engine = engine
    }

    deinit { engine.table.tensor_release(handle) }

    // MARK: Making

    /// A tensor on the CPU with a copy of `values`, row-major.
    ///
    /// - Throws: `EngineError` when the count of values is not the product of `shape`.
    package convenience init<Element: TensorElement>(_ values: [Element], shape: [Int], engine: TensorEngine) throws {
        let made = try values.withUnsafeBytes { try Self.make($0, type: Element.tensorType, shape: shape, engine: engine) }
        self.init(owning: made, engine: engine)
    }

    /// A tensor on the CPU with a copy of `bytes`, row-major, in the machine's byte order.
    package convenience init(bytes: UnsafeRawBufferPointer, type: TensorType, shape: [Int], engine: TensorEngine) throws {
        self.init(owning: try Self.make(bytes, type: type, shape: shape, engine: engine), engine: engine)
    }

    private static func make(
        _ bytes: UnsafeRawBufferPointer, type: TensorType, shape: [Int], engine: TensorEngine
    ) throws -> ct_tensor {
        var expected = type.byteCount
        for size in shape {
            let (product, overflow) = expected.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow else { throw EngineError(.badInput, "\(shape) is no shape of a tensor") }
            expected = product
        }
        guard bytes.count == expected else {
            throw EngineError(.badInput, "a \(type) tensor of shape \(shape) has \(expected) bytes, not \(bytes.count)")
        }
        var made: ct_tensor?
        let code = engine.table.tensor_make(bytes.baseAddress, type.rawValue, shape.map(Int64.init), Int32(shape.count), &made)
        guard code == 0, let made else { throw engine.failure("making a tensor of shape \(shape)") }
        return made
    }

    // MARK: Reading

    package var rank: Int { Int(engine.table.tensor_rank(handle)) }
    package func size(_ dimension: Int) -> Int { Int(engine.table.tensor_size(handle, Int32(dimension))) }
    package var shape: [Int] { (0..<rank).map(size) }
    package var count: Int { shape.reduce(1, *) }

    /// Nil for a type that this program never uses.
    package var type: TensorType? { TensorType(rawValue: engine.table.tensor_element(handle)) }

    /// All elements, row-major.
    ///
    /// - Throws: `EngineError` when the tensor holds another type.
    package func array<Element: TensorElement>(of: Element.Type = Element.self) throws -> [Element] {
        guard type == Element.tensorType else {
            throw EngineError(.badInput, "the tensor holds \(type.map { "\($0)" } ?? "another type"), not \(Element.tensorType)")
        }
        let count = self.count
        return try [Element](unsafeUninitializedCapacity: count) { buffer, filled in
            try read(into: UnsafeMutableRawBufferPointer(buffer))
            filled = count
        }
    }

    /// All elements as they lie in memory, row-major.
    package func bytes() throws -> [UInt8] {
        let count = self.count * (type?.byteCount ?? 8)
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            try read(into: UnsafeMutableRawBufferPointer(buffer))
            filled = count
        }
    }

    private func read(into buffer: UnsafeMutableRawBufferPointer) throws {
        let code = engine.table.tensor_read(handle, buffer.baseAddress, Int64(buffer.count))
        guard code == 0 else { throw engine.failure("reading a tensor of shape \(shape)") }
    }

    /// The only element of a 32-bit float tensor.
    package func item() throws -> Float {
        let values = try array(of: Float.self)
        guard values.count == 1 else { throw EngineError(.badInput, "a tensor of shape \(shape) is no single number") }
        return values[0]
    }

    // MARK: Gradients

    package func requireGradient(_ flag: Bool = true) throws {
        guard engine.table.set_requires_grad(handle, flag ? 1 : 0) == 0 else { throw engine.failure("requires_grad") }
    }

    /// Adds the derivative of this single number to the gradient of every tensor that asked for one.
    package func backward() throws {
        guard engine.table.backward(handle) == 0 else { throw engine.failure("backward") }
    }

    /// The accumulated gradient; nil when nothing flowed here.
    package func gradient() throws -> Tensor? {
        var gradient: ct_tensor?
        guard engine.table.grad(handle, &gradient) == 0 else { throw engine.failure("grad") }
        return gradient.map { Tensor(owning: $0, engine: engine) }
    }

    package func clearGradient() throws {
        guard engine.table.clear_grad(handle) == 0 else { throw engine.failure("clearing a gradient") }
    }
}
