internal import CTorchABI

/// One argument of a tensor operator. Literals of Swift stand for themselves: `.int` also serves where an operator
/// takes any number, and `.string` names a device.
package enum OperatorArgument {
    case none
    case tensor(Tensor)
    case tensors([Tensor])
    case int(Int)
    case double(Double)
    case bool(Bool)
    case ints([Int])
    case string(String)
}

/// Arguments laid out for the C side. Every list is eight-byte words in one buffer, addressed only while `withValues` runs.
struct MarshalledArguments {
    private var values: [ct_value] = []
    private var words: [Int64] = []
    private var lists: [(value: Int, offset: Int)] = []

    init(_ arguments: [OperatorArgument]) {
        values.reserveCapacity(arguments.count)
        for argument in arguments { append(argument) }
    }

    private mutating func append(_ argument: OperatorArgument) {
        var value = ct_value()
        switch argument {
        case .none:
            value.kind = Int32(CT_NONE)
        case .tensor(let tensor):
            value.kind = Int32(CT_TENSOR)
            value.of.pointer = UnsafeRawPointer(tensor.handle)
        case .int(let integer):
            value.kind = Int32(CT_INT)
            value.of.integer = Int64(integer)
        case .double(let real):
            value.kind = Int32(CT_DOUBLE)
            value.of.real = real
        case .bool(let flag):
            value.kind = Int32(CT_BOOL)
            value.of.integer = flag ? 1 : 0
        case .ints(let integers):
            appendList(CT_INT_LIST, integers.count, integers.map(Int64.init))
            return
        case .tensors(let tensors):
            appendList(CT_TENSOR_LIST, tensors.count, tensors.map { Int64(Int(bitPattern: $0.handle)) })
            return
        case .string(let text):
            var packed = [Int64](repeating: 0, count: text.utf8.count / 8 + 1)
            packed.withUnsafeMutableBytes { $0.copyBytes(from: text.utf8) }
            appendList(CT_STRING, text.utf8.count, packed)
            return
        }
        values.append(value)
    }

    private mutating func appendList(_ kind: Int, _ count: Int, _ content: [Int64]) {
        lists.append((values.count, words.count))
        words.append(contentsOf: content)
        var value = ct_value()
        value.kind = Int32(kind)
        value.count = Int32(count)
        values.append(value)
    }

    mutating func withValues<Result>(_ body: (UnsafePointer<ct_value>?, Int32) -> Result) -> Result {
        words.withUnsafeBufferPointer { words in
            if let base = words.baseAddress {
                for list in lists { values[list.value].of.pointer = UnsafeRawPointer(base + list.offset) }
            }
            return values.withUnsafeBufferPointer { body($0.baseAddress, Int32($0.count)) }
        }
    }
}
