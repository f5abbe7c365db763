import BlobStore
import ControlPlane
import Foundation
import MetadataStore
import NIOCore
import Resources
import Testing

@Suite("Folders in and out of the blob store")
struct BlobFolderTests {
    @Test("a folder comes back as it went in", arguments: [Delivery.shared, .copied], [false, true])
    func roundTrip(delivery: Delivery, moving: Bool) async throws {
        let house = try await BlobHouse()
        let files = ["a.txt": "a", "deep/er/b.json": "{}", "deep/empty": "", "名.txt": "x"]
        for (name, text) in files { try house.file("out/" + name, text) }
        let put = try await house.blobs.putFolder(house.path + "/out", to: house.box.at("azureml/job/model"), moving: moving)
        #expect(put.files == 4)
        #expect(put.bytes == 4)
        #expect(FileManager.default.fileExists(atPath: house.path + "/out/a.txt") != moving)
        #expect(try await house.blobs.get(house.box.at("azureml/job/model/deep/er/b.json")).headers.contentType == "application/json")
        try await house.blobs.put(house.box.at("azureml/job/models-of-others/x"), bytes: [1])
        let (result, isFolder) = try await house.blobs.materialise(house.box.at("azureml/job/model/"), to: house.path + "/in", as: delivery)
        #expect(isFolder)
        #expect(result.files == 4)
        for (name, text) in files { #expect(try String(contentsOfFile: house.path + "/in/" + name, encoding: .utf8) == text) }
        let (one, isOneFolder) = try await house.blobs.materialise(
            house.box.at("azureml/job/model/a.txt"), to: house.path + "/single/a.txt", as: delivery)
        #expect(!isOneFolder)
        #expect(one.bytes == 1)
        #expect(try String(contentsOfFile: house.path + "/single/a.txt", encoding: .utf8) == "a")
        await house.expectProblem(.notFound, "blob") {
            try await house.blobs.materialise(house.box.at("azureml/job/mod"), to: house.path + "/none")
        }
        #expect(try await house.blobs.deleteFolder(house.box.at("azureml/job/model")) == 4)
    }

    @Test("links out of the folder are left out and said; links within it are followed")
    func links() async throws {
        let house = try await BlobHouse()
        try house.file("secret", "secret")
        try house.file("out/blobs/1", "weights")
        try FileManager.default.createSymbolicLink(atPath: house.path + "/out/model.bin", withDestinationPath: "blobs/1")
        try FileManager.default.createSymbolicLink(atPath: house.path + "/out/stolen", withDestinationPath: "../secret")
        try FileManager.default.createSymbolicLink(atPath: house.path + "/out/circle", withDestinationPath: ".")
        let result = try await house.blobs.putFolder(house.path + "/out", to: house.box.at("o"))
        #expect(result.files == 2)
        #expect(result.skipped.sorted() == ["circle", "stolen"])
        #expect(try await house.blobs.bytes(of: house.box.at("o/model.bin")) == Array("weights".utf8))
    }

    @Test("a blob of blocks becomes one extent when it is shared, and its block list still says all of its size")
    func settling() async throws {
        let house = try await BlobHouse()
        let address = house.box.at("m/big.bin")
        for (id, text) in [("YQ==", "first "), ("Yg==", "second")] {
            _ = try await house.blobs.stage(id, of: address, from: house.stream([text]))
        }
        let before = try await house.blobs.commit([.init(id: "YQ==", source: .latest), .init(id: "Yg==", source: .latest)], of: address)
        try await house.blobs.materialise(house.box.at("m"), to: house.path + "/m")
        #expect(try String(contentsOfFile: house.path + "/m/big.bin", encoding: .utf8) == "first second")
        let after = try await house.blobs.get(address)
        #expect(after.extents.count == 1)
        #expect(after.etag == before.etag)
        #expect(try await house.blobs.blocks(of: address).committed.map(\.size) == [12])
    }

    @Test(
        "hostile names are kept as names but never become files",
        arguments: ["../up", "a/../../up", "a/./b", "x/..", "/abs", "a/../b"])
    func hostile(name: String) async throws {
        let house = try await BlobHouse()
        try await house.blobs.put(house.box.at("p/" + name), bytes: [1])
        await house.expectProblem(.invalidInput, nil) { try await house.blobs.materialise(house.box.at("p"), to: house.path + "/in/deep") }
        #expect(!FileManager.default.fileExists(atPath: house.path + "/in/up"))
        #expect(!FileManager.default.fileExists(atPath: house.path + "/up"))
    }

    @Test("a name that is both a file and a folder is a conflict that is said")
    func clash() async throws {
        let house = try await BlobHouse()
        try await house.blobs.put(house.box.at("p/a"), bytes: [1])
        try await house.blobs.put(house.box.at("p/a/b"), bytes: [2])
        await house.expectProblem(.conflict, nil) { try await house.blobs.materialise(house.box.at("p"), to: house.path + "/in") }
        for name in ["", "a\u{1}b", "a\0", String(repeating: "n", count: 1025)] {
            await house.expectProblem(.invalidInput, "name") { try await house.blobs.put(house.box.at(name), bytes: [1]) }
        }
    }

    @Test("marker blobs of data-lake clients become folders")
    func markers() async throws {
        let house = try await BlobHouse()
        try await house.blobs.put(house.box.at("p/sub"), bytes: [], metadata: ["hdi_isfolder": "true"])
        try await house.blobs.put(house.box.at("p/sub/x"), bytes: [1])
        try await house.blobs.put(house.box.at("p/empty/"), bytes: [])
        let (result, _) = try await house.blobs.materialise(house.box.at("p"), to: house.path + "/in")
        #expect(result.files == 1)
        #expect(FileManager.default.fileExists(atPath: house.path + "/in/empty"))
    }
}

/// Stores in a folder of their own, with one container.
final class BlobHouse: Sendable {
    let path = NSTemporaryDirectory() + "house-" + UUID().uuidString
    let metadata: MetadataStore
    let blobs: BlobService
    let box = BlobContainer(account: "acct", name: "box")

    init() async throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        metadata = try MetadataStore(path: path + "/metadata.sqlite")
        blobs = BlobService(metadata: metadata, store: try BlobStore(folder: path + "/blobs"))
        try await blobs.ensureContainer(box)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, _ text: String) throws {
        let url = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func stream(_ texts: [String]) -> AsyncStream<ByteBuffer> {
        AsyncStream { continuation in
            for text in texts { continuation.yield(ByteBuffer(string: text)) }
            continuation.finish()
        }
    }

    func datastore(_ name: String, _ properties: JSON) async throws {
        let now = Date()
        try await metadata.write { tx in
            try tx.insertWorkspace(.standard)
            let system = SystemData(createdAt: now, createdBy: "test", lastModifiedAt: now, lastModifiedBy: "test")
            try tx.save(
                Resource(id: ResourceID(workspace: .standard, kind: "datastores", name: name), properties: properties, systemData: system),
                references: [])
        }
    }

    /// `target` is not looked at when `nil`.
    func expectProblem(
        _ code: Problem.Code, _ target: String?, _ location: SourceLocation = #_sourceLocation, _ body: () async throws -> some Any
    ) async {
        do {
            _ = try await body()
            Issue.record("nothing was thrown", sourceLocation: location)
        } catch let problem as Problem {
            #expect(problem.code == code, sourceLocation: location)
            if let target { #expect(problem.target == target, sourceLocation: location) }
        } catch {
            Issue.record(error, sourceLocation: location)
        }
    }
}
