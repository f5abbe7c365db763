import Foundation
import Inference
import TensorEngine
import Testing

@Suite struct SafeTensorsTests {
    private static func item(_ name: String, _ values: [Float]) -> SafeTensors.Item {
        SafeTensors.Item(name: name, type: .float32, shape: [values.count], bytes: values.withUnsafeBytes { Array($0) })
    }

    @Test func `what is written is read back`() throws {
        let data = try SafeTensors.encoded(
            [Self.item("b", [1, 2, 3]), Self.item("a/ü", [-0.5])], metadata: ["note": "two \"tensors\""])
        let file = try SafeTensors(data, source: "test")
        #expect(file.names == ["a/ü", "b"])
        #expect(file.metadata == ["note": "two \"tensors\""])
        #expect(try file.floats("b", shape: [3]) == [1, 2, 3])
        #expect(try file.floats("a/ü") == [-0.5])
        #expect(throws: InferenceError.self) { try file.floats("b", shape: [1, 3]) }
        #expect(throws: InferenceError.self) { try file.floats("c") }
    }

    @Test func `half precision is widened exactly`() throws {
        let halves: [UInt16] = [0x3C00, 0xC000, 0x0001, 0x7BFF, 0x0000, 0x7C00]
        let item = SafeTensors.Item(name: "h", type: .float16, shape: [6], bytes: halves.withUnsafeBytes { Array($0) })
        let file = try SafeTensors(SafeTensors.encoded([item]), source: "test")
        #expect(try file.floats("h") == [1, -2, 0x1p-24, 65504, 0, .infinity])
    }

    @Test(arguments: [
        #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
        #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"X9","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#,
        #"[1,2]"#, "", "{",
    ])
    func `a header that contradicts the file is refused`(header: String) {
        let text = Data(header.utf8)
        var data = Data((0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) })
        data += text + Data(count: 8)
        #expect(throws: InferenceError.self) { try SafeTensors(data, source: "test") }
    }

    @Test func `a file cut anywhere is refused`() throws {
        let data = try SafeTensors.encoded([Self.item("a", [1, 2, 3, 4])])
        for length in 0..<data.count {
            #expect(throws: InferenceError.self) { try SafeTensors(data.prefix(length), source: "test") }
        }
    }
}
