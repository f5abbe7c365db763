import Foundation

extension TensorEngine {
    /// Runs `body` from start to end on a thread of its own, with a stack for deep graphs, and answers with its result.
    /// Gradient recording and OpenMP's workers belong to a thread; the cooperative pool would move between them.
    package static func onThread<Result: Sendable>(
        named name: String = "tensors", _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Swift.Result(catching: body)) }
            thread.name = name
            thread.stackSize = 8 << 20
            thread.start()
        }
    }
}
