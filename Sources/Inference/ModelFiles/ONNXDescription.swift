import Foundation

/// What an .onnx file says about itself, read without running it: the sizes of its first input and output and the
/// metadata of the exporter. Field numbers are those of the published onnx.proto.
package struct ONNXDescription: Sendable, Equatable {
    /// NCHW; nil for a side that is chosen at run time.
    package var inputDims: [Int?] = []
    /// Sides of the first output; nil where chosen at run time.
    package var outputDims: [Int?] = []
    /// Exporter's key-value pairs; detector exports carry `names`, `imgsz`, `stride`.
    package var metadata: [String: String] = [:]

    /// - Throws: `InferenceError` when the file is missing, cut short or not an ONNX model.
    package init(path: String) throws {
        let data = try Data(modelFile: path)
        var hasGraph = false
        let isWhole = data.withUnsafeBytes { bytes in
            var model = ProtobufFields(bytes)
            while let (field, value) = model.next() {
                guard case .bytes(let message) = value else { continue }
                switch field {
                case 7: hasGraph = readGraph(message) || hasGraph
                case 14: readMetadata(message)
                default: break
                }
            }
            return !model.isBroken
        }
        guard isWhole, hasGraph else {
            throw InferenceError("\(path) is not a whole ONNX model; export or copy it again")
        }
    }

    /// Class names from the exporter's metadata: a Python dictionary or list literal such as `{0: 'can', 1: "bottle's"}`.
    package var names: [String]? {
        guard let text = metadata["names"] else { return nil }
        let names = Self.stringLiterals(text)
        return names.isEmpty ? nil : names
    }

    /// Side of the square input: fixed by the graph, or else what the exporter noted in `imgsz`.
    package var inputSize: Int? {
        if inputDims.count == 4, let height = inputDims[2], let width = inputDims[3], height == width { return height }
        let noted = (metadata["imgsz"] ?? "").split { !$0.isNumber }.compactMap { Int($0) }
        return noted.first
    }

    /// Whether the picture's sides are chosen at run time.
    var hasFreeSides: Bool { inputDims.count == 4 && inputDims[2] == nil && inputDims[3] == nil }

    /// How many pictures one run takes.
    /// - Throws: `InferenceError` for a graph that was made for more pictures than can be served together.
    func batch(side: Int) throws -> NetworkInput.Batch {
        guard inputDims.count == 4, let count = inputDims[0] else { return NetworkInput.usualBatch(side: side) }
        guard (1...64).contains(count) else {
            throw InferenceError("the model takes \(count) pictures at once; export it for one, or with a free batch side")
        }
        return .exactly(count)
    }

    private mutating func readMetadata(_ message: UnsafeRawBufferPointer) {
        var key = "", text = ""
        for case (let field, .bytes(let bytes)) in ProtobufFields(message) {
            if field == 1 { key = String(decoding: bytes, as: UTF8.self) }
            if field == 2 { text = String(decoding: bytes, as: UTF8.self) }
        }
        metadata[key] = text
    }

    private mutating func readGraph(_ message: UnsafeRawBufferPointer) -> Bool {
        var graph = ProtobufFields(message)
        var inputs: [[Int?]] = [], outputs: [[Int?]] = []
        while let (field, value) = graph.next() {
            guard case .bytes(let info) = value else { continue }
            if field == 11 { inputs.append(Self.dims(ofValueInfo: info)) }
            if field == 12 { outputs.append(Self.dims(ofValueInfo: info)) }
        }
        // Old exporters list the weights as inputs too; the picture is the first input of four sides.
        inputDims = inputs.first { $0.count == 4 } ?? inputs.first ?? []
        outputDims = outputs.first ?? []
        return !graph.isBroken && !outputs.isEmpty
    }

    /// ValueInfoProto.type(2) → TypeProto.tensor_type(1) → shape(2) → dim(1) → dim_value(1).
    private static func dims(ofValueInfo info: UnsafeRawBufferPointer) -> [Int?] {
        func messages(_ field: Int, in bytes: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
            ProtobufFields(bytes).compactMap { entry in
                guard entry.field == field, case .bytes(let message) = entry.value else { return nil }
                return message
            }
        }
        let shapes = messages(2, in: info).flatMap { messages(1, in: $0) }.flatMap { messages(2, in: $0) }
        return shapes.flatMap { messages(1, in: $0) }.map { dim in
            for case (1, .number(let side)) in ProtobufFields(dim) where side > 0 { return Int(exactly: side) }
            return nil
        }
    }

    /// The quoted strings of a Python literal, in order, with backslash escapes of quotes undone.
    package static func stringLiterals(_ text: String) -> [String] {
        var found: [String] = []
        var quote: Character?
        var current = ""
        var isEscaped = false
        for character in text {
            guard let open = quote else {
                if character == "'" || character == "\"" {
                    quote = character
                    current = ""
                }
                continue
            }
            if isEscaped {
                current.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == open {
                found.append(current)
                quote = nil
            } else {
                current.append(character)
            }
        }
        return found
    }
}
