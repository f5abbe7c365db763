internal import Foundation

/// The notes that a supervised command keeps in its folder.
struct ProcessFiles {
    let folder: String

    var spec: String { folder + "/spec.json" }
    /// Held by the supervisor from before its start to its end.
    var lock: String { folder + "/lock" }
    /// The pid of the supervisor.
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
