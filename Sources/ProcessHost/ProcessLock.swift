internal import Foundation

/// The lock by which a supervised command is told to be alive. The server takes it, the supervisor inherits it, and the
/// kernel drops it with the supervisor's last breath: there is no moment at which a crash of either leaves a doubt, and
/// no pid that another process may have been given since.
struct ProcessLock {
    /// As the supervisor inherits it.
    static let inheritedDescriptor: Int32 = 3

    let descriptor: Int32

    /// Takes the lock; `nil` while somebody else has it.
    init?(takingAt path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path]) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    /// Gives up this process's share; a supervisor that inherited the lock keeps it.
    func release() { close(descriptor) }

    static func isHeld(at path: String) -> Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }

    /// Called by the supervisor: what it starts must not inherit the lock in turn.
    static func keepFromChildren() { _ = fcntl(inheritedDescriptor, F_SETFD, FD_CLOEXEC) }
}
