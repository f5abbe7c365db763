package import Foundation
package import Resources

extension APIClient {
    /// Writes what lies at a place in a datastore (a file, or all below a folder) into `folder`; gives the number of files.
    @discardableResult
    package func download(
        _ place: DatastorePath, workspace: WorkspaceID, into folder: URL, progress: @escaping TransferProgress
    ) async throws(Problem) -> Int {
        let container = try await container(of: place.datastore, workspace: place.workspace ?? workspace)
        let prefix = place.path.hasSuffix("/") ? String(place.path.dropLast()) : place.path
        // A blob of just this name is a file; `data` must not fetch `data2/…`.
        let blobs = try await container.blobs(prefix: prefix).filter {
            prefix.isEmpty || $0.name == prefix || $0.name.hasPrefix(prefix + "/")
        }
        var targets: [(name: String, file: URL, size: Int)] = []
        for blob in blobs {
            let relative =
                blob.name == prefix
                ? String(prefix.split(separator: "/").last ?? "file")
                : String(blob.name.dropFirst(prefix.isEmpty ? 0 : prefix.count + 1))
            let parts = relative.split(separator: "/", omittingEmptySubsequences: false)
            guard !parts.contains(".."), !parts.contains(""), !parts.contains(".") else {
                throw Problem(.invalidInput, "'\(blob.name)' is not a name that can become a file", target: blob.name)
            }
            targets.append((blob.name, folder.appending(path: relative), blob.size))
        }
        let total = targets.reduce(0) { $0 + $1.size }
        var done = 0
        progress(0, total)
        do {
            try await withThrowingTaskGroup(of: Int.self) { group in
                for (index, target) in targets.enumerated() {
                    if index >= 8, let size = try await group.next() {
                        done += size
                        progress(done, total)
                    }
                    group.addTask {
                        try await container.download(target.name, to: target.file)
                        return target.size
                    }
                }
                while let size = try await group.next() {
                    done += size
                    progress(done, total)
                }
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.unavailable, "the download failed: \(error)")
        }
        return targets.count
    }
}
