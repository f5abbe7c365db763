/// The element types this program uses; the raw values are ATen's numbers.
package enum TensorType: Int32, Sendable {
    case uint8 = 0
    case int32 = 3
    case int64 = 4
    case float16 = 5
    case float32 = 6
    case float64 = 7
    case bool = 11
    case bfloat16 = 15

    package var byteCount: Int {
        switch self {
        case .uint8, .bool: 1
        case .float16, .bfloat16: 2
        case .int32, .float32: 4
        case .int64, .float64: 8
        }
    }
}

/// A number of Swift that a tensor can hold.
package protocol TensorElement: BitwiseCopyable {
    static var tensorType: TensorType { get }
}

extension UInt8: TensorElement {
    package static var tensorType: TensorType { .uint8 }
}
extension Int32: TensorElement {
    package static var tensorType: TensorType { .int32 }
}
extension Int64: TensorElement {
    package static var tensorType: TensorType { .int64 }
}
extension Float: TensorElement {
    package static var tensorType: TensorType { .float32 }
}
extension Double: TensorElement {
    package static var tensorType: TensorType { .float64 }
}
