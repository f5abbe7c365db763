import Dispatch
import Foundation
import Synchronization

/// Writes files in order on a thread of its own while the training goes on; a kill leaves each file as it was before or
/// whole. What could not be written is thrown at the next call.
final class FileWriter: Sendable {
    private let queue = DispatchQueue(label: "training files")
    private let failure = Mutex<TrainingError?>(nil)

    /// Queues one file. Callers `wait` once per epoch, so that no more than an epoch's files are kept in memory.
    func write(_ data: Data, to url: URL) throws {
        if let failure = failure.withLock({ $0 }) { throw failure }
        queue.async { [self] in
            do {
                try AtomicFile.write(data, to: url)
            } catch let error as TrainingError {
                failure.withLock { $0 = error }
            } catch {
                failure.withLock { $0 = TrainingError("\(url.path) cannot be written: \(error)") }
            }
        }
    }

    /// Returns when everything is on disk.
    func wait() throws {
        queue.sync {}
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}

/// A file that is whole or not there, whatever happens while it is written.
enum AtomicFile {
    static func write(_ data: Data, to url: URL) throws {
        let draft = url.deletingLastPathComponent().appendingPathComponent(".\(url.lastPathComponent).\(getpid())")
        do {
            guard FileManager.default.createFile(atPath: draft.path, contents: nil) else { throw CocoaError(.fileWriteUnknown) }
            let handle = try FileHandle(forWritingTo: draft)
            try handle.write(contentsOf: data)
            try handle.synchronize()
            try handle.close()
            guard rename(draft.path, url.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        } catch {
            try? FileManager.default.removeItem(at: draft)
            throw TrainingError("\(url.path) cannot be written (\(error.localizedDescription)); check the folder and the room on the disk")
        }
    }
}
