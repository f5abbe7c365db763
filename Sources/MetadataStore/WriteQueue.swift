internal import GRDB
internal import Resources
internal import Synchronization

/// Gathers the writes that arrive while others are under way and commits them together, so that many callers wait for one
/// commit. Each is a savepoint of its own: one that fails takes nothing of the others with it.
final class WriteQueue: Sendable {
    private struct Unit: Sendable {
        /// Runs it and returns what tells its caller, once it is known whether the commit held.
        let run: @Sendable (Database) -> @Sendable ((any Error)?) -> Void
        /// Tells its caller that it was never run.
        let refuse: @Sendable (any Error) -> Void
    }

    /// So that nobody waits for long behind others.
    private static let unitsPerCommit = 128

    private let pool: DatabasePool
    private let waiting = Mutex<[Unit]>([])

    init(pool: DatabasePool) { self.pool = pool }

    func run<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
            let run: @Sendable (Database) -> @Sendable ((any Error)?) -> Void = { db in
                let result = Result<T, any Error> {
                    var value: T?
                    try db.inSavepoint {
                        value = try body(db)
                        return .commit
                    }
                    guard let value else { throw Self.lost }
                    return value
                }
                return { failure in continuation.resume(with: failure.map { .failure($0) } ?? result) }
            }
            add(Unit(run: run, refuse: { continuation.resume(throwing: $0) }))
        }
    }

    private func add(_ unit: Unit) {
        let isFirst = waiting.withLock { units in
            units.append(unit)
            return units.count == 1
        }
        // Whoever finds the queue empty has it drained; those behind go along.
        if isFirst { pool.asyncWriteWithoutTransaction { db in self.drain(db) } }
    }

    private func drain(_ db: Database) {
        let (units, isMore) = waiting.withLock { units in
            let some = Array(units.prefix(Self.unitsPerCommit))
            units.removeFirst(some.count)
            return (some, !units.isEmpty)
        }
        commit(units, db)
        if isMore { pool.asyncWriteWithoutTransaction { db in self.drain(db) } }
    }

    private func commit(_ units: [Unit], _ db: Database) {
        // Alone, a unit's savepoint is the transaction.
        if units.count == 1 { return units[0].run(db)(nil) }
        var finish: [@Sendable ((any Error)?) -> Void] = []
        do {
            try db.inTransaction(.immediate) {
                for unit in units {
                    // A full disk ends the whole transaction, not only the unit that met it.
                    guard db.isInsideTransaction else { throw Self.lost }
                    finish.append(unit.run(db))
                }
                return .commit
            }
            for tell in finish { tell(nil) }
        } catch {
            for tell in finish { tell(error) }
            for unit in units.dropFirst(finish.count) { unit.refuse(error) }
        }
    }

    private static let lost = Problem(.unavailable, "the metadata could not be written; look for a full disk, then try again")
}
