internal import Foundation
package import Resources

/// The log files of jobs: their names, links to them, and a stream that follows a running one.
package struct JobLogs: Sendable {
    private let folder: DataFolder
    private let resources: ResourceService
    private let access: Access

    package init(folder: DataFolder, resources: ResourceService, access: Access) {
        self.folder = folder
        self.resources = resources
        self.access = access
    }

    /// The prefix of the addresses that `links` gives.
    package static let route = "/logs"

    /// Log names (`user_logs/std_log.txt`) of a job, with links that open without a token for a while.
    package func links(of job: ResourceID) -> [String: String] {
        let token = Data(job.path.utf8).base64EncodedString().replacing("/", with: "_").replacing("+", with: "-").replacing("=", with: "")
        return Dictionary(
            uniqueKeysWithValues: names(of: job).map { ($0, access.signedLink(path: "\(Self.route)/\(token)/\($0)")) })
    }

    /// The file behind a link's path after `/logs/`, when its signature holds.
    package func file(token: String, name: String, expires: String?, signature: String?) throws(Problem) -> String {
        guard access.isValidLink(path: "\(Self.route)/\(token)/\(name)", expires: expires, signature: signature) else {
            throw Problem(.forbidden, "this link to a log is not valid, or has expired; ask for the job's details again")
        }
        var text = token.replacing("_", with: "/").replacing("-", with: "+")
        while text.utf8.count % 4 != 0 { text += "=" }
        guard let data = Data(base64Encoded: text), let job = ResourceID(path: String(decoding: data, as: UTF8.self)), names(of: job).contains(name)
        else { throw Problem(.notFound, "there is no log '\(name)'") }
        return folder.jobLog(job, name)
    }

    /// Names of the files there are, relative to the job's log folder.
    package func names(of job: ResourceID) -> [String] {
        let root = folder.job(job) + "/logs"
        let files = FileManager.default.subpaths(atPath: root) ?? []
        return files.filter { $0.hasSuffix(".txt") || $0.hasSuffix(".log") }.sorted()
    }

    /// The job's preparation, then its output, as text; with `follow` until the job has ended.
    package func stream(_ job: ResourceID, follow: Bool) -> JobLogStream { JobLogStream(logs: self, job: job, follow: follow) }

    func isEnded(_ job: ResourceID) async throws -> Bool {
        let status = try await resources.get(job).observed["status"]?.stringValue ?? ""
        return ["Completed", "Failed", "Canceled"].contains(status)
    }

    /// Up to 64 KiB of a log from `offset`; `nil` when there is no more.
    func read(_ name: String, of job: ResourceID, from offset: UInt64) -> [UInt8]? {
        guard let file = FileHandle(forReadingAtPath: folder.jobLog(job, name)) else { return nil }
        defer { try? file.close() }
        guard (try? file.seek(toOffset: offset)) != nil, let data = try? file.read(upToCount: 65_536), !data.isEmpty else { return nil }
        return Array(data)
    }
}

/// The logs of one job as they grow, one file after another.
package struct JobLogStream: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    let logs: JobLogs
    let job: ResourceID
    let follow: Bool

    package func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

    package struct Iterator: AsyncIteratorProtocol {
        let stream: JobLogStream
        private var offsets: [String: UInt64] = [:]

        init(stream: JobLogStream) { self.stream = stream }

        package mutating func next() async throws -> [UInt8]? {
            while true {
                // The state is read before the files: what was written before the end is then surely seen.
                let isDone = try await stream.logs.isEnded(stream.job)
                for name in Self.order {
                    if let bytes = stream.logs.read(name, of: stream.job, from: offsets[name] ?? 0) {
                        offsets[name, default: 0] += UInt64(bytes.count)
                        return bytes
                    }
                }
                if isDone || !stream.follow { return nil }
                try await Task.sleep(for: .milliseconds(100))
            }
        }

        private static let order = [
            "system_logs/prepare.log", "logs/azureml/executionlogs.txt", "user_logs/std_log.txt", "user_logs/std_log_process_0.txt",
        ]
    }
}
