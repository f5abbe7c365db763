import Foundation

extension Data {
    /// The bytes of a model file, mapped where the file system allows it.
    ///
    /// - Throws: `InferenceError` that names the file.
    init(modelFile path: String) throws {
        do {
            self = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw InferenceError("\(path) cannot be read: \(error.localizedDescription)")
        }
    }
}
