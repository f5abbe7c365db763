internal import Foundation

/// A job's log of its own preparation, beside the command's output; jobs stream it while nothing else is there.
struct JobLog: Sendable {
    let path: String

    init(path: String) {
        self.path = path
        try? FileManager.default.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    }

    /// Appends one line with the time of day in UTC.
    func line(_ text: String) {
        let line = "\(Date().iso8601Seconds) \(text)\n"
        guard let file = fopen(path, "a") else { return }
        fputs(line, file)
        fclose(file)
    }

    /// The end of a log, for error messages; at most `bytes` long.
    static func tail(of path: String, bytes: Int = 4096) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? file.close() }
        let size = (try? file.seekToEnd()) ?? 0
        try? file.seek(toOffset: size > UInt64(bytes) ? size - UInt64(bytes) : 0)
        return String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
    }
}

extension Date {
    fileprivate var iso8601Seconds: String { formatted(.iso8601) }
}
