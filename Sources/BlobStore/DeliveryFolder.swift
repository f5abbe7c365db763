internal import Foundation
internal import Glibc
package import Resources

/// How an extent becomes a file for a program.
package enum Delivery: Sendable {
    /// A hard link where the file system can, else a copy. The file must only be read: a write through the link is noticed
    /// and makes the store refuse the bytes.
    case shared
    /// A file of its own that may be changed.
    case copied
}

/// A folder that is filled from the store. Names come from outside: each is walked step by step beneath the folder's own
/// handle and a symbolic link on the way is refused, so nothing lands anywhere else.
package struct DeliveryFolder: Sendable {
    private let store: BlobStore
    package let path: String

    /// Makes the folder, and those above it, when they are missing.
    package init(_ path: String, of store: BlobStore) async throws {
        self.store = store
        self.path = path
        try await store.blocking {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
    }

    /// Puts the bytes of `extents` at `name`, a path relative to the folder.
    /// - Throws: `.invalidInput` for a name that is no path beneath the folder, `.conflict` where a link, a folder or a file is in the way.
    package func place(_ extents: [Extent], at name: String, as delivery: Delivery) async throws {
        let steps = try Self.steps(of: name)
        guard let last = steps.last else { throw Problem(.invalidInput, "'\(name)' names no file", target: name) }
        try await store.blocking {
            let parent = try folder(steps.dropLast())
            if extents.count == 1, let extent = extents.first, delivery == .shared {
                let source = try store.open(extent)
                if linkat(AT_FDCWD, source.path, parent.descriptor, last, 0) != 0 {
                    guard errno == EXDEV || errno == EMLINK || errno == EPERM else { throw Self.failure(errno, name) }
                    try copy([extent], to: last, in: parent, name: name)
                }
            } else {
                try copy(extents, to: last, in: parent, name: name)
            }
        }
    }

    /// Makes an empty folder at `name`.
    package func makeFolder(_ name: String) async throws {
        let steps = try Self.steps(of: name)
        try await store.blocking { _ = try folder(steps[...]) }
    }

    /// The components of a name that stays beneath the folder; empty ones (`a//b`, `a/`) count for nothing.
    package static func steps(of name: String) throws(Problem) -> [String] {
        let steps = name.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
        let isOutside = steps.contains { $0 == "." || $0 == ".." || $0.utf8.count > 255 }
        guard !isOutside, !name.utf8.starts(with: "/".utf8), !name.utf8.contains(0) else {
            throw Problem(
                .invalidInput,
                "'\(name.replacing("\0", with: "\\0"))' cannot become a file: "
                    + "it is absolute, or has '.' or '..', a NUL, or a part over 255 bytes",
                target: name)
        }
        return steps
    }

    private func folder(_ steps: ArraySlice<String>) throws(Problem) -> SystemFile {
        var current = try SystemFile(path, O_RDONLY | O_DIRECTORY)
        for step in steps {
            guard mkdirat(current.descriptor, step, 0o755) == 0 || errno == EEXIST else {
                throw Problem(system: errno, "make the folder", "\(current.path)/\(step)")
            }
            current = try SystemFile(step, beneath: current, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        }
        return current
    }

    private func copy(_ extents: [Extent], to last: String, in parent: borrowing SystemFile, name: String) throws {
        let target = try SystemFile(last, beneath: parent, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
        for extent in extents { try target.append(contentsOf: store.open(extent)) }
    }

    private static func failure(_ number: CInt, _ name: String) -> Problem {
        number == EEXIST
            ? Problem(.conflict, "'\(name)' is in the way of itself: another file has this name already", target: name)
            : Problem(system: number, "make", name)
    }
}
