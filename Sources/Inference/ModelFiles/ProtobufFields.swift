/// Walks the fields of one protobuf message (the encoding of .onnx files) without a schema. Reads no byte outside its
/// slice; a malformed message ends the walk with an error instead of a trap.
struct ProtobufFields: Sequence, IteratorProtocol {
    enum Value {
        case number(UInt64)
        case bytes(UnsafeRawBufferPointer)
    }

    private var rest: UnsafeRawBufferPointer.SubSequence
    /// Set when the walk ended early because the bytes are not a protobuf message.
    private(set) var isBroken = false

    init(_ bytes: UnsafeRawBufferPointer) {
        rest = bytes[...]
    }

    mutating func next() -> (field: Int, value: Value)? {
        guard !rest.isEmpty, !isBroken else { return nil }
        guard let tag = varint(), let value = value(wireType: tag & 7), let field = Int(exactly: tag >> 3) else {
            isBroken = true
            return nil
        }
        return (field, value)
    }

    private mutating func value(wireType: UInt64) -> Value? {
        switch wireType {
        case 0: return varint().map(Value.number)
        case 1: return bytes(8).map(Value.bytes)
        case 2: return varint().flatMap { Int(exactly: $0) }.flatMap { bytes($0) }.map(Value.bytes)
        case 5: return bytes(4).map(Value.bytes)
        default: return nil
        }
    }

    private mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count <= rest.count else { return nil }
        let taken = rest.prefix(count)
        rest = rest.dropFirst(count)
        return UnsafeRawBufferPointer(rebasing: taken)
    }

    private mutating func varint() -> UInt64? {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            result |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return result }
        }
        return nil
    }
}
