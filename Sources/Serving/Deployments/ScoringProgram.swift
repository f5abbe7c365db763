internal import CServingAssets
internal import Foundation
package import Resources

/// The Python program that runs scoring scripts, which the server carries in itself.
package enum ScoringProgram {
    /// Writes the program's files to `folder`, which is made.
    /// - Returns: the path of the file to run.
    package static func write(to folder: String) throws(Problem) -> String {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            var index = 0
            while let name = scoring_worker_file_name(index), let bytes = scoring_worker_file_bytes(index) {
                try Data(bytes: bytes, count: scoring_worker_file_size(index)).write(
                    to: URL(filePath: "\(folder)/\(String(cString: name))"))
                index += 1
            }
        } catch {
            throw Problem(.outOfSpace, "cannot write the scoring program to \(folder): \(error.localizedDescription)")
        }
        return folder + "/scoring_worker.py"
    }
}
