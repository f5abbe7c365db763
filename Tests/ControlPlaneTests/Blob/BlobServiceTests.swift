import BlobStore
import ControlPlane
import Foundation
import MetadataStore
import NIOCore
import Resources
import Testing

@Suite("Blobs by name")
struct BlobServiceTests {
    @Test("a blob is what was last put under its name, with a new etag each time")
    func replacing() async throws {
        let house = try await BlobHouse()
        let address = house.box.at("LocalUpload/abc/data.csv")
        let first = try await house.blobs.put(address, bytes: Array("one".utf8), metadata: ["upload_status": "completed"])
        let second = try await house.blobs.put(address, bytes: Array("three".utf8))
        #expect(first.etag != second.etag)
        #expect(second.createdAt == first.createdAt)
        #expect(first.headers.contentMD5 == "+XxdKZQb+xsv2rCHSQargg==")
        let (blob, _) = try await house.blobs.open(address)
        #expect(blob.size == 5)
        #expect(blob.metadata == [:])
        #expect(try await house.blobs.bytes(of: address) == Array("three".utf8))
        #expect(try await house.blobs.find(house.box.at("absent")) == nil)
        try await house.blobs.delete(address)
        await house.expectProblem(.notFound, "blob") { try await house.blobs.get(address) }
        await house.expectProblem(.notFound, "container") { try await house.blobs.get(BlobContainer(account: "a", name: "absent").at("x")) }
    }

    @Test("bytes with another MD5 than was said are not taken")
    func digest() async throws {
        let house = try await BlobHouse()
        await house.expectProblem(.invalidInput, "Content-MD5") {
            try await house.blobs.put(house.box.at("x"), from: house.stream(["abc"]), md5: [UInt8](repeating: 0, count: 16))
        }
        #expect(try await house.blobs.find(house.box.at("x")) == nil)
    }

    @Test("conditions are judged as Azure does")
    func conditions() async throws {
        let time = Date(timeIntervalSince1970: 1000.9)
        let second = Date(timeIntervalSince1970: 1000)
        typealias Case = (BlobConditions, BlobConditions.Verdict)
        let present: [Case] = [
            (BlobConditions(), .proceed), (BlobConditions(ifMatch: ["a"]), .proceed), (BlobConditions(ifMatch: ["*"]), .proceed),
            (BlobConditions(ifMatch: ["b"]), .failed), (BlobConditions(ifNoneMatch: ["a"]), .unchanged),
            (BlobConditions(ifNoneMatch: ["b"]), .proceed),
            (.absent, .exists), (BlobConditions(ifModifiedSince: second), .unchanged),
            (BlobConditions(ifModifiedSince: second.addingTimeInterval(-1)), .proceed),
            (BlobConditions(ifUnmodifiedSince: second), .proceed),
            (BlobConditions(ifUnmodifiedSince: second.addingTimeInterval(-1)), .failed),
        ]
        for (conditions, verdict) in present { #expect(conditions.verdict(etag: "a", modifiedAt: time) == verdict) }
        #expect(BlobConditions.absent.verdict(etag: nil, modifiedAt: nil) == .proceed)
        #expect(BlobConditions(ifMatch: ["*"]).verdict(etag: nil, modifiedAt: nil) == .failed)

        let house = try await BlobHouse()
        let blob = try await house.blobs.put(house.box.at("x"), bytes: [1], conditions: .absent)
        await house.expectProblem(.conflict, "blob") { try await house.blobs.put(house.box.at("x"), bytes: [2], conditions: .absent) }
        await house.expectProblem(.preconditionFailed, "blob") {
            try await house.blobs.delete(house.box.at("x"), conditions: BlobConditions(ifMatch: ["other"]))
        }
        _ = try await house.blobs.setMetadata(["a": "b"], of: house.box.at("x"), conditions: BlobConditions(ifMatch: [blob.etag]))
    }

    @Test("a list with a delimiter shows folders once, in byte order, whatever the size of the pages", arguments: [1, 2, 3, 5000])
    func listing(limit: Int) async throws {
        let house = try await BlobHouse()
        let names = ["a", "a/1", "a/2/x", "a/2/y", "a/3", "a0", "b/1", "é/1", "e\u{301}/1", "日本/1", "\u{10FFFF}x", "z"]
        for name in names { try await house.blobs.put(house.box.at(name), bytes: []) }
        func walk(prefix: String, delimiter: String?) async throws -> [String] {
            var found: [String] = []
            var marker: String?
            repeat {
                let page = try await house.blobs.list(house.box, prefix: prefix, delimiter: delimiter, marker: marker, limit: limit)
                #expect(page.entries.count <= limit)
                found += page.entries.map { entry in
                    switch entry {
                    case .blob(let blob): blob.address.name
                    case .prefix(let prefix): "[\(prefix)]"
                    }
                }
                marker = page.nextMarker
            } while marker != nil
            return found
        }
        func bytes(_ names: [String]) -> [[UInt8]] { names.map { Array($0.utf8) } }
        let all = names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        #expect(bytes(try await walk(prefix: "", delimiter: nil)) == bytes(all))
        #expect(
            bytes(try await walk(prefix: "", delimiter: "/"))
                == bytes(["a", "[a/]", "a0", "[b/]", "[e\u{301}/]", "z", "[é/]", "[日本/]", "\u{10FFFF}x"]))
        #expect(try await walk(prefix: "a/", delimiter: "/") == ["a/1", "[a/2/]", "a/3"])
        #expect(try await walk(prefix: "a/2", delimiter: nil) == ["a/2/x", "a/2/y"])
        #expect(bytes(try await walk(prefix: "é", delimiter: nil)) == bytes(["é/1"]))
        #expect(try await walk(prefix: "\u{10FFFF}", delimiter: nil) == ["\u{10FFFF}x"])
        await house.expectProblem(.invalidInput, "?marker") { try await house.blobs.list(house.box, marker: "nonsense") }
    }

    @Test("blocks may come in any order; the list decides, and blocks not in it are forgotten")
    func blocks() async throws {
        let house = try await BlobHouse()
        let address = house.box.at("big.bin")
        let ids = ["YQ==", "Yg==", "Yw==", "ZA=="]
        for (id, text) in [(ids[2], "ccc"), (ids[0], "a"), (ids[3], "unused"), (ids[1], "bb")] {
            _ = try await house.blobs.stage(id, of: address, from: house.stream([text]))
        }
        #expect(try await house.blobs.find(address) == nil)
        #expect(try await house.blobs.blocks(of: address).uncommitted.map(\.id) == ids)
        let blob = try await house.blobs.commit(ids[..<3].map { BlobBlock(id: $0, source: .latest) }, of: address)
        #expect(blob.size == 6)
        #expect(try await house.blobs.bytes(of: address) == Array("abbccc".utf8))
        let blocks = try await house.blobs.blocks(of: address)
        #expect(blocks.committed.map { "\($0.id)\($0.size)" } == ["YQ==1", "Yg==2", "Yw==3"])
        #expect(blocks.uncommitted.isEmpty)
        _ = try await house.blobs.stage(ids[0], of: address, from: house.stream(["A"]))
        await house.expectProblem(.invalidInput, "blocklist") {
            try await house.blobs.commit([BlobBlock(id: ids[3], source: .latest)], of: address)
        }
        _ = try await house.blobs.commit(
            [
                BlobBlock(id: ids[0], source: .uncommitted), BlobBlock(id: ids[0], source: .committed),
                BlobBlock(id: ids[1], source: .latest),
            ], of: address)
        #expect(try await house.blobs.bytes(of: address) == Array("Aabb".utf8))
        await house.expectProblem(.invalidInput, "?blockid") {
            try await house.blobs.stage("no base64!", of: address, from: house.stream(["x"]))
        }
    }

    @Test("an append blob grows at its end, only where the sender believes it to be")
    func appending() async throws {
        let house = try await BlobHouse()
        let address = house.box.at("log.txt")
        _ = try await house.blobs.put(address, from: house.stream([]), kind: .append)
        #expect(try await house.blobs.append(to: address, from: house.stream(["one "])).offset == 0)
        #expect(try await house.blobs.append(to: address, from: house.stream(["two"]), position: 4).offset == 4)
        await house.expectProblem(.preconditionFailed, "append") {
            try await house.blobs.append(to: address, from: house.stream(["x"]), position: 4)
        }
        await house.expectProblem(.preconditionFailed, "maxsize") {
            try await house.blobs.append(to: address, from: house.stream(["x"]), maximumSize: 7)
        }
        #expect(try await house.blobs.bytes(of: address) == Array("one two".utf8))
        try await house.blobs.put(house.box.at("block"), bytes: [1])
        await house.expectProblem(.conflict, "kind") { try await house.blobs.append(to: house.box.at("block"), from: house.stream(["x"])) }
    }

    @Test("a copy has the same bytes at once, and keeps them when its source goes and the store is swept")
    func copying() async throws {
        let house = try await BlobHouse()
        try await house.blobs.put(house.box.at("from"), bytes: Array("bytes".utf8), metadata: ["k": "v"])
        let copy = try await house.blobs.copy(house.box.at("from"), to: house.box.at("to"))
        #expect(copy.metadata == ["k": "v"])
        try await house.blobs.put(house.box.at("garbage"), bytes: Array("garbage".utf8))
        _ = try await house.blobs.stage("YQ==", of: house.box.at("staged"), from: house.stream(["staged"]))
        try await house.blobs.delete(house.box.at("from"))
        try await house.blobs.delete(house.box.at("garbage"))
        #expect(try await house.blobs.sweep(grace: -10).extents == 1)
        #expect(try await house.blobs.bytes(of: house.box.at("to")) == Array("bytes".utf8))
        _ = try await house.blobs.commit([BlobBlock(id: "YQ==", source: .latest)], of: house.box.at("staged"))
        #expect(try await house.blobs.bytes(of: house.box.at("staged")) == Array("staged".utf8))
    }

    @Test("containers are made once, listed in order, and take their blobs with them")
    func containers() async throws {
        let house = try await BlobHouse()
        await house.expectProblem(.conflict, "container") { try await house.blobs.createContainer(house.box) }
        try await house.blobs.ensureContainer(house.box)
        for name in ["zoo", "abc", "abd"] {
            _ = try await house.blobs.createContainer(BlobContainer(account: "acct", name: name), metadata: ["a": "b"])
        }
        let first = try await house.blobs.containers(of: "acct", prefix: "ab", limit: 1)
        #expect(first.items.map(\.container.name) == ["abc"])
        let second = try await house.blobs.containers(of: "acct", prefix: "ab", limit: 1, token: first.nextToken)
        #expect(second.items.map(\.container.name) == ["abd"])
        #expect(second.nextToken == nil)
        for name in ["", "ab", "Upper", "a--b", "-ab", "ab-", "a/b", "..", String(repeating: "a", count: 64)] {
            await house.expectProblem(.invalidInput, "name") {
                try await house.blobs.createContainer(BlobContainer(account: "acct", name: name))
            }
        }
        try await house.blobs.put(house.box.at("x"), bytes: [1])
        try await house.blobs.deleteContainer(house.box)
        try await house.blobs.ensureContainer(house.box)
        #expect(try await house.blobs.find(house.box.at("x")) == nil)
    }

    @Test("a datastore leads to its container, its own account or the workspace's")
    func datastores() async throws {
        let house = try await BlobHouse()
        let home = WorkspaceID.standard
        try await house.datastore(
            "lake", ["datastoreType": "AzureBlob", "containerName": "box", "accountName": "127.0.0.1:8443/blobstore/acct"])
        try await house.datastore("mine", ["datastoreType": "AzureBlob", "containerName": "box"])
        try await house.datastore("files", ["datastoreType": "AzureFile", "fileShareName": "share"])
        #expect(try await house.blobs.resolve(DatastorePath(datastore: "lake", path: "a/b"), in: home) == house.box.at("a/b"))
        let account = BlobContainer.account(of: home)
        #expect(
            try await house.blobs.resolve(DatastorePath(workspace: home, datastore: "mine", path: "/a"), in: home).container.account
                == account)
        #expect((3...24).contains(account.count))
        await house.expectProblem(.unsupported, "datastore") {
            try await house.blobs.resolve(DatastorePath(datastore: "files", path: ""), in: home)
        }
        await house.expectProblem(.notFound, "datastore") {
            try await house.blobs.resolve(DatastorePath(datastore: "none", path: ""), in: home)
        }
    }

    @Test("an address is read from every spelling of its URL, and decoded once")
    func addresses() {
        let address = BlobContainer(account: "acct", name: "box").at("a b/50%25/é")
        #expect(address.urlPath() == "/blobstore/acct.blob.martlet.local/box/a%20b/50%2525/%C3%A9")
        for url in [
            "https://127.0.0.1:8443" + address.urlPath(), "https://127.0.0.1:8443" + address.urlPath(doublesSlash: true) + "?sig=x",
            "https://acct.blob.core.windows.net/box/a%20b/50%2525/%C3%A9", "wasbs://box@acct.blob.core.windows.net/a%20b/50%2525/%C3%A9",
        ] { #expect(BlobAddress(url: url) == address) }
        #expect(BlobAddress(urlPath: "/blobstore/acct.blob.x//box//a//b")?.name == "a//b")
        #expect(BlobAddress(urlPath: "/blobstore/acct.blob.x/")?.container.name == "")
        for url in ["", "x", "https://", "https://example.com/a", "/blobstore", "wasbs://acct.blob.core/x"] {
            #expect(BlobAddress(url: url) == nil)
        }
        for path in [
            "/blobstore/.blob.x/c", "/blobstore/acct/c", "/blobstore/acct.blob.x/c/%zz", "/blobstore/acct.blob.x/c/%ff",
            "/blobstore/acct.blob.x/c/%+1", "/blobstore/acct.blob.x/c/a%00b",
        ] {
            #expect(BlobAddress(urlPath: path) == nil)
        }
    }
}
