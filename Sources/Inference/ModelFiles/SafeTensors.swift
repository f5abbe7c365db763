package import Foundation
package import TensorEngine

/// A safetensors file: a JSON header with the name, type, shape and place of each tensor, then the bytes.
package struct SafeTensors: Sendable {
    /// Free text that travels with the tensors.
    package let metadata: [String: String]
    /// The tensors' names, sorted.
    package var names: [String] { entries.keys.sorted() }

    private let entries: [String: Entry]
    private let content: Data
    private let source: String

    private struct Entry: Codable {
        let dtype: String
        let shape: [Int]
        let data_offsets: [Int]
    }

    private static let types: [String: TensorType] = [
        "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "I64": .int64, "I32": .int32, "U8": .uint8, "BOOL": .bool,
    ]

    // MARK: Reading

    /// Maps the file at `path`.
    ///
    /// - Throws: `InferenceError` when it is missing, cut short or contradicts itself.
    package init(path: String) throws {
        try self.init(Data(modelFile: path), source: path)
    }

    /// Reads a whole file from memory; `source` names it in errors.
    package init(_ data: Data, source: String) throws {
        func broken(_ why: String) -> InferenceError {
            InferenceError("\(source) is not a whole safetensors file: \(why); write or copy it again")
        }
        guard data.count >= 8 else { throw broken("it has only \(data.count) bytes") }
        let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(data.count - 8), length <= 100_000_000 else { throw broken("its header would have \(length) bytes") }
        let headerEnd = data.startIndex + 8 + Int(length)
        let header: Header
        do {
            header = try JSONDecoder().decode(Header.self, from: data[(data.startIndex + 8)..<headerEnd])
        } catch {
            throw broken("its header is no JSON of the expected form")
        }
        content = data[headerEnd...]
        for (name, entry) in header.entries {
            guard let type = Self.types[entry.dtype] else { throw broken("\(name) has the unknown type \(entry.dtype)") }
            var expected = type.byteCount
            for size in entry.shape {
                let (product, overflow) = expected.multipliedReportingOverflow(by: size)
                guard size >= 0, !overflow else { throw broken("\(name) has the impossible shape \(entry.shape)") }
                expected = product
            }
            guard entry.data_offsets.count == 2, entry.data_offsets[0] >= 0, entry.data_offsets[1] >= entry.data_offsets[0],
                entry.data_offsets[1] <= content.count, entry.data_offsets[1] - entry.data_offsets[0] == expected
            else { throw broken("\(name) lies at \(entry.data_offsets) of \(content.count) bytes, which does not fit its shape") }
        }
        entries = header.entries
        metadata = header.metadata
        self.source = source
    }

    private struct Header: Decodable {
        var entries: [String: Entry] = [:]
        var metadata: [String: String] = [:]

        struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            for key in container.allKeys {
                if key.stringValue == "__metadata__" {
                    metadata = try container.decode([String: String].self, forKey: key)
                } else {
                    entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
                }
            }
        }
    }

    package func shape(of name: String) -> [Int]? { entries[name]?.shape }

    /// One tensor's bytes as they lie in the file, with their type; nil when there is no such tensor.
    func content(of name: String) -> (type: TensorType, bytes: Data)? {
        guard let entry = entries[name], let type = Self.types[entry.dtype] else { return nil }
        return (type, content[(content.startIndex + entry.data_offsets[0])..<(content.startIndex + entry.data_offsets[1])])
    }

    /// One tensor on the CPU, in its own type; `shape` is what the caller needs it to be.
    ///
    /// - Throws: `InferenceError` when it is missing or has another shape.
    package func tensor(_ name: String, shape: [Int]? = nil, engine: TensorEngine) throws -> Tensor {
        guard let entry = entries[name], let type = Self.types[entry.dtype] else {
            throw InferenceError("\(source) holds no tensor \(name); it is for another kind of model")
        }
        if let shape, shape != entry.shape {
            throw InferenceError("\(name) in \(source) has shape \(entry.shape), not \(shape); it is for another size or class count")
        }
        let start = content.startIndex + entry.data_offsets[0]
        return try content[start..<(content.startIndex + entry.data_offsets[1])].withUnsafeBytes {
            try Tensor(bytes: $0, type: type, shape: entry.shape, engine: engine)
        }
    }

    /// One tensor's numbers, row-major, without any tensor library; 16-bit floats are widened.
    ///
    /// - Throws: `InferenceError` when it is missing, has another shape or holds no floats.
    package func floats(_ name: String, shape: [Int]? = nil) throws -> [Float] {
        guard let entry = entries[name] else {
            throw InferenceError("\(source) holds no tensor \(name); it is for another kind of model")
        }
        if let shape, shape != entry.shape {
            throw InferenceError("\(name) in \(source) has shape \(entry.shape), not \(shape); it is for another size or class count")
        }
        let start = content.startIndex + entry.data_offsets[0]
        return try content[start..<(content.startIndex + entry.data_offsets[1])].withUnsafeBytes { bytes in
            switch entry.dtype {
            case "F32":
                return (0..<(bytes.count / 4)).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
            case "BF16":
                return (0..<(bytes.count / 2)).map {
                    Float(bitPattern: UInt32(bytes.loadUnaligned(fromByteOffset: $0 * 2, as: UInt16.self)) << 16)
                }
            case "F16":
                return (0..<(bytes.count / 2)).map { Self.widened(half: bytes.loadUnaligned(fromByteOffset: $0 * 2, as: UInt16.self)) }
            default:
                throw InferenceError("\(name) in \(source) holds \(entry.dtype), not floats")
            }
        }
    }

    /// IEEE 754 binary16 to binary32 by bits, as `Float16` does not exist on every platform.
    private static func widened(half: UInt16) -> Float {
        let sign = UInt32(half & 0x8000) << 16
        let exponent = UInt32(half >> 10 & 0x1F)
        let fraction = UInt32(half & 0x3FF)
        switch exponent {
        case 0: return Float(bitPattern: sign | Float(Float(fraction) * 0x1p-24).bitPattern)
        case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
        default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }

    // MARK: Writing

    /// A tensor's bytes with what the header says about them.
    package struct Item: Sendable {
        let name: String
        let type: TensorType
        let shape: [Int]
        let bytes: [UInt8]

        package init(name: String, type: TensorType, shape: [Int], bytes: [UInt8]) {
            self.name = name
            self.type = type
            self.shape = shape
            self.bytes = bytes
        }

        package init(name: String, tensor: Tensor) throws {
            self.init(name: name, type: tensor.type ?? .float32, shape: tensor.shape, bytes: try tensor.bytes())
        }
    }

    /// The bytes of a file with these tensors, in this order.
    package static func encoded(_ items: [Item], metadata: [String: String] = [:]) throws -> Data {
        let typeNames = Dictionary(uniqueKeysWithValues: types.map { ($0.value, $0.key) })
        var entries: [String: Entry] = [:]
        var offset = 0
        for item in items {
            entries[item.name] = Entry(
                dtype: typeNames[item.type] ?? "F32", shape: item.shape, data_offsets: [offset, offset + item.bytes.count])
            offset += item.bytes.count
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var header = try encoder.encode(entries)
        if !metadata.isEmpty {
            var whole = Data("{\"__metadata__\":".utf8) + (try encoder.encode(metadata))
            if !entries.isEmpty { whole += Data(",".utf8) }
            header = whole + header.dropFirst()
        }
        // The tensors start at a multiple of eight.
        header += Data(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        var data = Data(capacity: 8 + header.count + offset)
        for shift in stride(from: 0, to: 64, by: 8) { data.append(UInt8(truncatingIfNeeded: header.count >> shift)) }
        data += header
        for item in items { data.append(contentsOf: item.bytes) }
        return data
    }
}
