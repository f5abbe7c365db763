import Foundation
import Synchronization

/// A value behind a lock, on whose changes threads can wait.
final class ConditionLock<Value: Sendable>: Sendable {
    private let condition = NSCondition()
    private let value: Mutex<Value>

    init(_ value: Value) {
        self.value = Mutex(value)
    }

    /// Changes the value and wakes everyone who waits.
    func change<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return value.withLock { body(&$0) }
    }

    /// Calls `body` at once and after every change until it gives a result, which is returned; nil when
    /// `deadline` passes.
    func wait<Result: Sendable>(until deadline: Date? = nil, for body: (inout Value) -> Result?) -> Result? {
        condition.lock()
        defer {
            // What was taken may be what another thread waits for room for.
            condition.broadcast()
            condition.unlock()
        }
        while true {
            if let result = value.withLock({ body(&$0) }) { return result }
            if let deadline {
                if !condition.wait(until: deadline) { return value.withLock { body(&$0) } }
            } else {
                condition.wait()
            }
        }
    }
}
