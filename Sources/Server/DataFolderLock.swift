internal import ControlPlane
internal import Foundation
internal import Resources

/// Holds a data folder for one server. The kernel lets go when the process dies, however it dies.
final class DataFolderLock: Sendable {
    private let descriptor: Int32

    init(_ folder: DataFolder) throws(Problem) {
        let path = folder.path + "/server.lock"
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Problem(.internalFault, "cannot open \(path): \(String(cString: strerror(errno)))") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Problem(.conflict, "another Martlet server uses the data folder \(folder.path); stop it, or give another folder with --data")
        }
    }

    deinit { close(descriptor) }
}
