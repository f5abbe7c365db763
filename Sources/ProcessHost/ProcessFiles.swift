internal import Foundation

/// The notes that a supervised command keeps in its folder.
struct ProcessFiles {
    let folder: String

    var spec: String { folder + "/spec.json" }
    /// Which process watches, so that a restarted server can find it again.
    var record: String { folder + "/supervisor.json" }
    var end: String { folder + "/end.json" }
    /// Its presence asks the supervisor to end the command.
    var stop: String { folder + "/stop" }

    /// All or nothing: written beside, then renamed.
    func write(_ value: some Encodable, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(value).write(to: URL(filePath: path), options: .atomic)
    }

    func read<T: Decodable>(_ type: T.Type, from path: String) -> T? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return try? JSONDecoder().decode(type, from: data)
    }
}

/// A process told apart from a later one with the same number by its start time.
package struct ProcessIdentity: Codable, Sendable, Hashable {
    package var pid: Int32
    /// Clock ticks since boot (field 22 of `/proc/PID/stat`), and the boot they count from.
    package var startTime: UInt64
    package var bootID: String

    /// The process `pid` as it is now; `nil` when there is none, or only its remains.
    package init?(pid: Int32) {
        guard let stat = Self.text(of: "/proc/\(pid)/stat"),
            let close = stat.lastIndex(of: ")")
        else { return nil }
        // Fields after the command, which may itself contain spaces and parentheses: state is field 3.
        let fields = stat[stat.index(after: close)...].split(separator: " ")
        guard fields.count > 19, let start = UInt64(fields[19]), fields[0] != "Z", fields[0] != "X" else { return nil }
        self.pid = pid
        startTime = start
        bootID = (Self.text(of: "/proc/sys/kernel/random/boot_id") ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func text(of path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    package var isAlive: Bool { ProcessIdentity(pid: pid) == self }
}
