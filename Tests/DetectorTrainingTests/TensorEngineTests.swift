import Foundation
import Inference
import TensorEngine
import Testing

@Suite struct MissingEngineTests {
    @Test func `a missing plug-in names the command that makes it`() {
        let error = #expect(throws: EngineError.self) { try TensorEngine.load(pluginPath: "/nonexistent/libEngineTorch.so") }
        #expect(error?.code == .notInstalled)
        #expect(error?.description.contains("make setup-engine") == true)
    }

    @Test func `a file that is no library is refused with its name`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("libEngineTorch.so")
        try Data("not a library".utf8).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: EngineError.self) { try TensorEngine.load(pluginPath: path) }
        #expect(error?.code == .incompatible)
    }
}

@Suite(EngineAtHand.isReady, .serialized) struct TensorEngineTests {
    @Test func `numbers go in and come out`() throws {
        let engine = try EngineAtHand.require()
        let tensor = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3], engine: engine)
        #expect(tensor.shape == [2, 3])
        #expect(tensor.type == .float32)
        #expect(try tensor.permuted([1, 0]).array(of: Float.self) == [1, 4, 2, 5, 3, 6])
        #expect(try (tensor * 2).sum().item() == 42)
        #expect(throws: EngineError.self) { try tensor.array(of: Int64.self) }
        #expect(throws: EngineError.self) { try Tensor([1] as [Float], shape: [2], engine: engine) }
        #expect(throws: EngineError.self) { try Tensor([] as [Float], shape: [-1], engine: engine) }
    }

    @Test func `a failing operation throws the library's sentence and hurts nothing`() throws {
        let engine = try EngineAtHand.require()
        let left = try Tensor([1, 2] as [Float], shape: [2], engine: engine)
        let right = try Tensor([1, 2, 3] as [Float], shape: [3], engine: engine)
        let error = #expect(throws: EngineError.self) { try left + right }
        #expect(error?.description.contains("aten::add") == true)
        #expect(try (left + left).array(of: Float.self) == [2, 4])
    }

    @Test func `gradients follow the chain rule, and none are recorded without them`() throws {
        let engine = try EngineAtHand.require()
        let x = try Tensor([3, -2] as [Float], shape: [2], engine: engine)
        try x.requireGradient()
        try (x.squared() * 0.5).sum().backward()
        #expect(try x.gradient()?.array(of: Float.self) == [3, -2])
        try x.clearGradient()
        #expect(try x.gradient() == nil)
        let silent = try engine.withoutGradients { try (x * 2).sum() }
        #expect(throws: EngineError.self) { try silent.backward() }
    }

    @Test func `tensors are released with their last reference`() throws {
        let engine = try EngineAtHand.require()
        let before = engine.liveTensorCount
        for _ in 0..<3000 {
            let a = try Tensor([Float](repeating: 1, count: 4), shape: [2, 2], engine: engine)
            _ = try a.matmul(a).silu().sum()
            _ = try? a.reshaped([7, 7])
        }
        // Other suites make and drop tensors meanwhile, some hundreds at once; a leak here would leave thousands.
        #expect(engine.liveTensorCount < before + 2500)
    }

    @Test func `lists of tensors are changed in place`() throws {
        let engine = try EngineAtHand.require()
        let a = try [1, 2].map { try Tensor([Float($0), 3], shape: [2], engine: engine) }
        let b = try [10, 20].map { try Tensor([Float($0), 1], shape: [2], engine: engine) }
        try engine.add(b, scale: 0.5, to: a)
        #expect(try a.map { try $0.array(of: Float.self) } == [[6, 3.5], [12, 3.5]])
        try engine.addProduct(b, b, scale: 1, to: a)
        #expect(try a[0].array(of: Float.self) == [106, 4.5])
        try engine.addQuotient(b, b, scale: -6, to: a)
        #expect(try a[0].array(of: Float.self) == [100, -1.5])
        #expect(try engine.squareRoots([Tensor([9, 16] as [Float], shape: [2], engine: engine)])[0].array(of: Float.self) == [3, 4])
        #expect(try engine.norm([3, 4].map { try Tensor([Float($0)], shape: [1], engine: engine) }) == 5)
    }

    @Test func `work on a thread of its own answers or throws`() async throws {
        let sum = try await TensorEngine.onThread { 20 + 22 }
        #expect(sum == 42)
        await #expect(throws: EngineError.self) { try await TensorEngine.onThread { throw EngineError(.badInput, "no") } }
    }
}
