internal import CTorchABI
import Foundation

/// A model file of TorchScript, run by the tensor library itself.
package final class TorchScript {
    private let handle: OpaquePointer
    private let engine: TensorEngine

    /// Loads the file at `path` onto `device`.
    package init(path: String, device: String = "cpu", engine: TensorEngine) throws {
        var loaded: ct_script?
        guard engine.table.script_load(path, device, &loaded) == 0, let loaded else {
            throw engine.failure("loading the TorchScript file \(path)")
        }
        handle = loaded
        self.engine = engine
    }

    deinit { engine.table.script_release(handle) }

    /// The tensors that the model's forward method gives for one input.
    package func forward(_ input: Tensor) throws -> [Tensor] {
        let capacity = 16
        return try withUnsafeTemporaryAllocation(of: ct_tensor?.self, capacity: capacity) { results in
            results.initialize(repeating: nil)
            var count: Int32 = 0
            guard engine.table.script_forward(handle, input.handle, results.baseAddress, Int32(capacity), &count) == 0 else {
                throw engine.failure("running a TorchScript model")
            }
            return results.prefix(Int(count)).compactMap { $0.map { Tensor(owning: $0, engine: engine) } }
        }
    }
}
