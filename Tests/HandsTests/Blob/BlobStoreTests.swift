import BlobStore
import Foundation
import NIOCore
import Resources
import Testing

@Suite("The blob store")
struct BlobStoreTests {
    @Test("names bytes by their SHA-256 and keeps them once")
    func deduplication() async throws {
        let scratch = BlobScratch()
        let store = try scratch.store()
        let first = try await store.write(Array("abc".utf8))
        let second = try await store.write(chunks(of: Array("abc".utf8), size: 1))
        #expect(first.extent == Extent(hash: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", size: 3))
        #expect(first.md5 == [0x90, 0x01, 0x50, 0x98, 0x3C, 0xD2, 0x4F, 0xB0, 0xD6, 0x96, 0x3F, 0x7D, 0x28, 0xE1, 0x7F, 0x72])
        #expect(second == first)
        #expect(scratch.files(in: "blobs/extents").count == 1)
        #expect(scratch.files(in: "blobs/incoming").isEmpty)
    }

    @Test(
        "reads any range over several extents",
        arguments: [0..<0, 0..<1, 3..<9, 1_199_999..<1_200_001, 0..<1_300_005, 1_299_999..<9_000_000])
    func ranges(range: Range<Int64>) async throws {
        let scratch = BlobScratch()
        let store = try scratch.store()
        var whole: [UInt8] = []
        for block in 0..<1301 { whole += [UInt8](repeating: UInt8(block % 251), count: block == 0 ? 5 : 1000) }
        let parts = [whole[..<5], whole[5..<1_200_000], whole[1_200_000...]]
        var extents: [Extent] = []
        for part in parts { extents.append(try await store.write(chunks(of: Array(part), size: 70_000)).extent) }
        let read = try await store.read(extents, range: range).collect(limit: 8_000_000)
        let expected = range.clamped(to: 0..<Int64(whole.count))
        #expect(read == ByteBuffer(bytes: whole[Int(expected.lowerBound)..<Int(expected.upperBound)]))
        let joined = try await store.concatenate(extents).extent
        #expect(joined.size == Int64(whole.count))
        #expect(try await store.read([joined]).collect(limit: 8_000_000) == ByteBuffer(bytes: whole))
    }

    @Test("a stream that breaks leaves nothing behind")
    func brokenStream() async throws {
        let scratch = BlobScratch()
        let store = try scratch.store()
        struct Broken: Error {}
        let stream = AsyncThrowingStream<ByteBuffer, any Error> { continuation in
            continuation.yield(ByteBuffer(repeating: 7, count: 3 << 20))
            continuation.finish(throwing: Broken())
        }
        await #expect(throws: Broken.self) { try await store.write(stream) }
        #expect(scratch.files(in: "blobs").isEmpty)
    }

    @Test("what a killed write left is removed at the next start, and never served")
    func leftovers() async throws {
        let scratch = BlobScratch()
        let kept = try await scratch.store().write(Array("kept".utf8))
        try Data("half".utf8).write(to: URL(fileURLWithPath: scratch.path + "/blobs/incoming/half"))
        let store = try scratch.store()
        #expect(scratch.files(in: "blobs/incoming").isEmpty)
        #expect(try await store.read([kept.extent]).collect(limit: 10) == ByteBuffer(string: "kept"))
    }

    @Test("takes in a file by copying or by moving it")
    func adoption() async throws {
        let scratch = BlobScratch()
        let store = try scratch.store()
        let bytes = [UInt8](repeating: 5, count: 2_500_000)
        let path = scratch.path + "/output.bin"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let copied = try await store.adopt(fileAt: path)
        #expect(FileManager.default.fileExists(atPath: path))
        let moved = try await store.adopt(fileAt: path, moving: true)
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(moved == copied)
        try Data("other".utf8).write(to: URL(fileURLWithPath: path))
        let other = try await store.adopt(fileAt: path, moving: true)
        #expect(try await store.read([other.extent]).collect(limit: 10) == ByteBuffer(string: "other"))
        await #expect(throws: Problem.self) { try await store.adopt(fileAt: scratch.path) }
        await #expect(throws: Problem.self) { try await store.adopt(fileAt: scratch.path + "/absent") }
    }

    @Test("bytes that a program changed through a link are refused, and the next write of them repairs the store")
    func tampering() async throws {
        let scratch = BlobScratch()
        let store = try scratch.store()
        let extent = try await store.write(Array("model".utf8)).extent
        let folder = try await DeliveryFolder(scratch.path + "/input", of: store)
        try await folder.place([extent], at: "a/model.bin", as: .shared)
        let link = scratch.path + "/input/a/model.bin"
        #expect(try String(contentsOfFile: link, encoding: .utf8) == "model")
        chmod(link, 0o600)
        let handle = try #require(FileHandle(forWritingAtPath: link))
        try handle.write(contentsOf: Data("MODEL".utf8))
        try handle.close()
        #expect(try await !store.holds(extent))
        await #expect(throws: Problem.self) { try await store.read([extent]).collect(limit: 10) }
        _ = try await store.write(Array("model".utf8))
        #expect(try await store.read([extent]).collect(limit: 10) == ByteBuffer(string: "model"))
    }

    @Test("a copied file may be changed")
    func copies() async throws {
        let scratch = BlobScratch()
        let store = try scratch.store()
        let extent = try await store.write(Array("code".utf8)).extent
        let folder = try await DeliveryFolder(scratch.path + "/code", of: store)
        try await folder.place([extent, extent], at: "x.py", as: .copied)
        try Data("changed".utf8).write(to: URL(fileURLWithPath: scratch.path + "/code/x.py"))
        #expect(try await store.holds(extent))
    }

    @Test("the sweep frees only what is old and needed by nobody")
    func sweeping() async throws {
        let scratch = BlobScratch()
        let store = try scratch.store()
        let needed = try await store.write(Array("needed".utf8)).extent
        let garbage = try await store.write(Array("garbage".utf8)).extent
        var freed = try await store.sweep(grace: 3600) { _ in [] }
        #expect(freed.extents == 0)
        freed = try await store.sweep(grace: -10) { $0.contains(needed.hash) ? [needed.hash] : [] }
        #expect(freed.extents == 1)
        #expect(freed.bytes == 7)
        #expect(try await store.holds(needed))
        #expect(try await !store.holds(garbage))
    }

    @Test(
        "names that leave the folder are refused",
        arguments: ["../x", "a/../../x", "/etc/passwd", "a/./b", "..", "", "a\0b", String(repeating: "n", count: 256)])
    func hostileNames(name: String) async throws {
        let scratch = BlobScratch()
        let store = try scratch.store()
        let extent = try await store.write(Array("x".utf8)).extent
        let folder = try await DeliveryFolder(scratch.path + "/in", of: store)
        await #expect(throws: Problem.self) { try await folder.place([extent], at: name, as: .shared) }
        #expect(scratch.files(in: "in").isEmpty)
    }

    @Test("a symbolic link in the way is not followed, a file in the way is not replaced", arguments: [Delivery.shared, .copied])
    func symbolicLinks(delivery: Delivery) async throws {
        let scratch = BlobScratch()
        let store = try scratch.store()
        let extent = try await store.write(Array("x".utf8)).extent
        let folder = try await DeliveryFolder(scratch.path + "/in", of: store)
        try FileManager.default.createDirectory(atPath: scratch.path + "/outside", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: scratch.path + "/in/link", withDestinationPath: "../outside")
        try FileManager.default.createSymbolicLink(atPath: scratch.path + "/in/file", withDestinationPath: "../outside/file")
        await #expect(throws: Problem.self) { try await folder.place([extent], at: "link/x", as: delivery) }
        await #expect(throws: Problem.self) { try await folder.place([extent], at: "file", as: delivery) }
        try await folder.place([extent], at: "once", as: delivery)
        await #expect(throws: Problem.self) { try await folder.place([extent], at: "once", as: delivery) }
        await #expect(throws: Problem.self) { try await folder.place([extent], at: "once/beneath", as: delivery) }
        #expect(scratch.files(in: "outside").isEmpty)
    }
}

private func chunks(of bytes: [UInt8], size: Int) -> AsyncStream<ByteBuffer> {
    AsyncStream { continuation in
        for start in stride(from: 0, to: bytes.count, by: size) {
            continuation.yield(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
        }
        continuation.finish()
    }
}

/// A folder of its own for one test.
final class BlobScratch: Sendable {
    let path = NSTemporaryDirectory() + "blob-" + UUID().uuidString

    init() { try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func store() throws -> BlobStore { try BlobStore(folder: path + "/blobs") }

    func files(in folder: String) -> [String] {
        let all = FileManager.default.enumerator(atPath: "\(path)/\(folder)")?.compactMap { $0 as? String } ?? []
        return all.filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(path)/\(folder)/\(name)", isDirectory: &isFolder) && !isFolder.boolValue
        }
    }
}
