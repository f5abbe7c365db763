import Dispatch
import Foundation
import Synchronization

/// A few threads that share a list of work; whoever calls waits for all of it.
enum ThreadCrew {
    /// The result of `body` for each index, in order. Indices are taken up in order, too.
    static func map<Value: Sendable>(_ indices: Range<Int>, threads: Int, _ body: @escaping @Sendable (Int) -> Value) -> [Value] {
        let work = Work<Value>(indices)
        let group = DispatchGroup()
        for _ in 0..<max(1, min(threads, indices.count)) {
            group.enter()
            Thread.detachNewThread {
                while let index = work.next() { work.finish(index, body(index)) }
                group.leave()
            }
        }
        group.wait()
        return work.results
    }

    private final class Work<Value: Sendable>: Sendable {
        private let state: Mutex<(rest: Range<Int>, done: [(index: Int, value: Value)])>

        init(_ indices: Range<Int>) {
            state = Mutex((indices, []))
        }

        func next() -> Int? { state.withLock { $0.rest.popFirst() } }
        func finish(_ index: Int, _ value: Value) { state.withLock { $0.done.append((index, value)) } }
        var results: [Value] { state.withLock { $0.done }.sorted { $0.index < $1.index }.map(\.value) }
    }
}
