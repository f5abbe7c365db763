import Foundation

/// The same work for many things, on every core at once and no more than that: memory is bounded by what the cores hold.
enum AllCores {
    /// The results, in order.
    /// - Parameters:
    ///   - chunk: how many things a core takes at a time; more where the work for one is small.
    ///   - progress: called now and then, and at the end, with how many are done.
    static func map<Value: Sendable>(
        _ count: Int, chunk: Int = 8, progress: (Int, Int) -> Void = { _, _ in }, _ body: @escaping @Sendable (Int) -> Value
    ) async throws -> [Value] {
        var chunks = [[Value]](repeating: [], count: (count + chunk - 1) / chunk)
        try await withThrowingTaskGroup(of: (Int, [Value]).self) { group in
            var next = 0
            func start() {
                guard next < chunks.count else { return }
                let (number, range) = (next, next * chunk..<min(count, (next + 1) * chunk))
                next += 1
                group.addTask { (number, range.map(body)) }
            }
            for _ in 0..<max(1, ProcessInfo.processInfo.activeProcessorCount) { start() }
            var done = 0
            while let (number, values) = try await group.next() {
                try Task.checkCancellation()
                chunks[number] = values
                done += values.count
                progress(done, count)
                start()
            }
        }
        return chunks.flatMap { $0 }
    }
}
