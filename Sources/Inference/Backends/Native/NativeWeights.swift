import Foundation
import TensorEngine

/// The weights of a model by their PyTorch names, widened to 32-bit floats.
package struct NativeWeights {
    package struct Values {
        let shape: [Int]
        let floats: [Float]

        package init(shape: [Int], floats: [Float]) {
            self.shape = shape
            self.floats = floats
        }
    }

    /// What error messages call the file.
    package let source: String
    private let read: (String) throws -> Values?

    init(file: SafeTensors, source: String) {
        self.source = source
        read = { name in
            guard let shape = file.shape(of: name), let (type, bytes) = file.content(of: name) else { return nil }
            let floats: [Float]
            switch type {
            case .float32: floats = Self.elements(bytes, of: UInt32.self).map(Float.init(bitPattern:))
            case .float16: floats = Self.elements(bytes, of: UInt16.self).map(Self.float(half:))
            case .bfloat16: floats = Self.elements(bytes, of: UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
            default: throw InferenceError("\(name) in \(source) holds \(type) numbers; weights must be floats")
            }
            return Values(shape: shape, floats: floats)
        }
    }

    /// Weights from memory.
    package init(_ values: [String: Values], source: String = "the given weights") {
        self.source = source
        read = { values[$0] }
    }

    /// - Throws: `InferenceError` when there is no such tensor or its rank is another.
    func values(_ name: String, rank: Int) throws -> Values {
        guard let values = try read(name) else {
            throw InferenceError("\(source) has no \(name); only the YOLOv8 family (n, s, m, l, x and the like) can be run natively")
        }
        guard values.shape.count == rank, values.floats.count == values.shape.reduce(1, *) else {
            throw InferenceError("\(name) in \(source) has the shape \(values.shape); \(rank) sides are wanted")
        }
        return values
    }

    func contains(_ name: String) -> Bool { (try? read(name)) != nil }

    private static func elements<Element: FixedWidthInteger>(_ bytes: Data, of: Element.Type) -> [Element] {
        bytes.withUnsafeBytes { raw in
            (0..<raw.count / MemoryLayout<Element>.size).map {
                Element(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.size, as: Element.self))
            }
        }
    }

    /// IEEE 754 half precision to single; written out because `Float16` does not exist on every platform.
    package static func float(half bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10 & 0x1F), fraction = UInt32(bits & 0x3FF)
        if exponent == 0 {
            let small = Float(fraction) * 0x1p-24
            return sign == 0 ? small : -small
        }
        return Float(bitPattern: sign | (exponent == 31 ? 0x7F80_0000 : (exponent + 112) << 23) | fraction << 13)
    }
}
