internal import Foundation
internal import Resources

/// Where workers' sockets lie. The path of a socket has at most 107 bytes, so a data folder far down the tree gets a folder
/// beneath the machine's temporary one.
struct SocketFolder: Sendable {
    private let path: String

    init(dataFolder: String) throws(Problem) {
        let own = dataFolder + "/run"
        do {
            if own.utf8.count <= 80 {
                // What a killed server left here belongs to workers that have ended with it.
                try? FileManager.default.removeItem(atPath: own)
                try FileManager.default.createDirectory(
                    atPath: own, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                path = own
                return
            }
        } catch {
            throw Problem(.outOfSpace, "cannot make the folder \(own): \(error.localizedDescription)")
        }
        // Not TMPDIR: the path of a Unix socket has room for some hundred bytes only.
        var template = Array("/tmp/martlet-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Problem(.outOfSpace, "cannot make a folder for sockets in /tmp: \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A path that nothing has used before.
    func next() -> String { "\(path)/\(String(UInt64.random(in: 0..<(1 << 60)), radix: 36))" }
}
