internal import Foundation
internal import Resources

/// The two logs of a deployment: how it was prepared (Azure's storage initialiser), and what its workers said (its
/// inference server).
struct DeploymentLog: Sendable {
    let preparation: String
    let console: String

    init(folder: String) {
        preparation = folder + "/logs/prepare.log"
        console = folder + "/logs/console.log"
        try? FileManager.default.createDirectory(atPath: folder + "/logs", withIntermediateDirectories: true)
    }

    /// Appends a line to the log of the preparation.
    func line(_ text: String) { Self.append(text, to: preparation) }

    /// Appends a line among those of the workers.
    func note(_ text: String) { Self.append(text, to: console) }

    private static func append(_ text: String, to path: String) {
        guard let file = fopen(path, "a") else { return }
        fputs("\(Date().iso8601) \(text)\n", file)
        fclose(file)
    }

    /// The last lines of a log; of a long log only its last megabyte is looked at.
    static func tail(of path: String, lines: Int) -> [String] {
        guard lines > 0, let file = FileHandle(forReadingAtPath: path) else { return [] }
        defer { try? file.close() }
        let size = (try? file.seekToEnd()) ?? 0
        let limit: UInt64 = 1 << 20
        try? file.seek(toOffset: size > limit ? size - limit : 0)
        let text = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
        return text.split(separator: "\n").suffix(lines).map(String.init)
    }

    /// Keeps the console log from growing for ever: called when a deployment's workers are started anew.
    func rotate(over limit: UInt64 = 64 << 20) {
        guard let file = FileHandle(forReadingAtPath: console), let size = try? file.seekToEnd(), size > limit else { return }
        rename(console, console + ".1")
    }
}
