import Foundation
import Synchronization

/// How far a long piece of work is, on standard error: one line that is written over on a terminal, a few lines elsewhere.
final class ProgressLine: Sendable {
    private let total: Int
    private let unit: String
    private let start = ContinuousClock.now
    private let isTerminal = isatty(2) == 1
    private let state = Mutex((done: 0, said: ContinuousClock.now))

    init(total: Int, unit: String) {
        self.total = total
        self.unit = unit
    }

    /// One more is done. Called from any thread.
    func step() {
        let pause: Duration = isTerminal ? .milliseconds(200) : .seconds(10)
        let done = state.withLock { state -> Int? in
            state.done += 1
            guard state.said.duration(to: .now) > pause else { return nil }
            state.said = .now
            return state.done
        }
        if let done { say(done) }
    }

    /// Everything is done.
    func end() {
        say(state.withLock { $0.done })
        if isTerminal { FileHandle.standardError.write(Data("\n".utf8)) }
    }

    private func say(_ done: Int) {
        let seconds = start.duration(to: .now) / .seconds(1)
        let rate = seconds > 0 ? String(format: ", %.1f %@/s", Double(done) / seconds, unit) : ""
        let text = "\(done) of \(total) \(unit)\(rate)"
        FileHandle.standardError.write(Data((isTerminal ? "\r\(text)\u{1B}[K" : text + "\n").utf8))
    }
}
