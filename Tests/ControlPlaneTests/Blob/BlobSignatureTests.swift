import ControlPlane
import Foundation
import Resources
import Testing

/// The expected signatures were computed with Python's `hmac` from the texts in Azure's REST reference, and three with
/// `azure-storage-blob` 12.31 itself.
@Suite("Signatures of Azure Storage")
struct BlobSignatureTests {
    static let key = Data((0..<64).map { UInt8($0) }).base64EncodedString()
    static let box = BlobContainer(account: "acct", name: "box")
    static let blob = box.at("a b/é.txt")
    static let noon = Date(timeIntervalSince1970: 1_795_000_000)

    struct Vector: Sendable {
        var query: String
        var address: BlobAddress
    }

    static let vectors = [
        Vector(
            query:
                "sp=racwdl&st=2026-01-01T00%3A00%3A00Z&se=2030-01-01T00%3A00%3A00Z&spr=https&sv=2022-11-02&sr=c"
                + "&sig=QQ0%2By7E6Hcxh%2BWgrv6EDAegyV3Vek9mwU%2FWk8k0DzDY%3D",
            address: box.at("anything/inside")),
        Vector(
            query:
                "sp=r&se=2030-01-01T00%3A00%3A00Z&sv=2025-11-05&sr=b&rscd=attachment&rsct=text%2Fplain"
                + "&sig=bxmJhUr5Fxq09uS8c21exowew9lrkSxsl5Z5QTehnA4%3D",
            address: blob),
        Vector(query: "sp=rl&se=2030-01-01&sv=2019-12-12&sr=c&sig=9ja9q5qw7DKfP%2BwGAjPzZxBQPREeRQSY1YwXB5JJw9I%3D", address: box.at("")),
        Vector(
            query: "sp=rwl&ss=b&srt=sco&se=2030-01-01T00:00Z&spr=https&sv=2022-11-02"
                + "&sig=sL3STpdLXLIwoi9I4jbpqbzPY%2BBdbWldKKrBB9YsZOo%3D",
            address: blob),
        Vector(
            query:
                "st=2026-01-01T00%3A00%3A00Z&se=2030-01-01T00%3A00%3A00Z&sp=racwdl&spr=https&sv=2026-10-06&sr=c"
                + "&sig=TCsU6vc%2B598mHGaZ4cR6cNiDnsmCPtUsCAmiPGBoHVQ%3D",
            address: blob),
        Vector(
            query:
                "se=2030-01-01T00%3A00%3A00Z&sp=r&sv=2026-10-06&sr=b&rscd=attachment&rsct=text/plain"
                + "&sig=JnEX5jR4jtIXKOK0PHFxH7tCazSp6Kz7fnPtydl3JTg%3D",
            address: blob),
        Vector(
            query: "se=2030-01-01T00%3A00Z&sp=rwl&spr=https&sv=2026-10-06&ss=b&srt=sco"
                + "&sig=sriCBecOz5KwplWTpC9mkqPcEHftxZ2kMMeu3NEAk90%3D",
            address: blob),
    ]

    @Test("made elsewhere are accepted, and refused when anything about them changes", arguments: vectors)
    func foreign(vector: Vector) throws {
        let signature = try #require(try SharedAccessSignature(query: Self.pairs(vector.query)))
        try signature.verify(accounts: ["other", "acct"], address: vector.address, key: Self.key, now: Self.noon)
        for (accounts, address, key, now) in [
            (["other"], vector.address, Self.key, Self.noon),
            (["acct"], vector.address, Data(count: 64).base64EncodedString(), Self.noon),
            (["acct"], vector.address, Self.key, Self.noon.addingTimeInterval(10 * 365 * 86400)),
        ] {
            #expect(throws: Problem.self) { try signature.verify(accounts: accounts, address: address, key: key, now: now) }
        }
        let widened = Self.pairs(vector.query).map { $0.name == "sp" ? ("sp", "racwdl" + $0.value) : $0 }
        let forged = try #require(try SharedAccessSignature(query: widened))
        #expect(throws: Problem.self) { try forged.verify(accounts: ["acct"], address: vector.address, key: Self.key, now: Self.noon) }
    }

    @Test("of a container or blob do not open others")
    func scope() throws {
        for (vector, address) in [
            (Self.vectors[0], BlobContainer(account: "acct", name: "other").at("x")), (Self.vectors[1], Self.box.at("other")),
        ] {
            let signature = try #require(try SharedAccessSignature(query: Self.pairs(vector.query)))
            #expect(throws: Problem.self) { try signature.verify(accounts: ["acct"], address: address, key: Self.key, now: Self.noon) }
        }
    }

    @Test("made here are accepted here until they expire")
    func own() throws {
        let expires = Self.noon.addingTimeInterval(60)
        let container = SharedAccessSignature.containerSAS(
            account: "acct", container: "box", permissions: "rcwl", expires: expires, key: Self.key)
        let blob = SharedAccessSignature.blobSAS(address: Self.blob, permissions: "r", expires: expires, key: Self.key)
        for text in [container, blob] {
            let signature = try #require(try SharedAccessSignature(query: Self.pairs(text)))
            try signature.verify(accounts: ["acct"], address: Self.blob, key: Self.key, now: Self.noon)
            #expect(throws: Problem.self) {
                try signature.verify(accounts: ["acct"], address: Self.blob, key: Self.key, now: expires.addingTimeInterval(1))
            }
        }
    }

    @Test(
        "of sorts that are not offered are refused by name",
        arguments: [
            "sig=x&skoid=1&sp=r&se=2030-01-01&sv=2022-11-02&sr=b", "sig=x&si=policy&sv=2022-11-02&sr=c",
            "sig=x&sp=r&se=2030-01-01&sv=2022-11-02&sr=d", "sig=x", "sig=x&sp=r&se=2030-01-01&sv=2015-04-05&sr=b",
        ])
    func notOffered(query: String) {
        #expect(throws: Problem.self) { try SharedAccessSignature(query: Self.pairs(query)) }
    }

    @Test("with a start in the future, a broken time or an address restriction are refused even when rightly signed")
    func times() throws {
        for (extra, text) in [
            ("st", "2029-01-01T00:00:00Z"), ("sip", "10.0.0.1"),
        ] {
            var fields = ["sp": "r", "se": "2030-01-01T00:00:00Z", "sv": "2022-11-02", "sr": "c"]
            fields[extra] = text
            let lines = [
                "r", fields["st"] ?? "", "2030-01-01T00:00:00Z", "/blob/acct/box", "", fields["sip"] ?? "", "", "2022-11-02", "c", "", "",
                "", "", "", "", "",
            ]
            fields["sig"] = SharedAccessSignature.sign(lines.joined(separator: "\n"), key: Self.key)
            let signature = try #require(try SharedAccessSignature(query: fields.map { ($0.key, $0.value) }))
            #expect(throws: Problem.self) {
                try signature.verify(accounts: ["acct"], address: Self.box.at(""), key: Self.key, now: Self.noon)
            }
        }
    }

    @Test("by shared key cover the method, the headers, the path as sent and the query")
    func sharedKey() {
        let put = SharedKeySignature.stringsToSign(
            method: "PUT", path: "/blobstore/acct.blob.martlet.local//box/a%20b.txt",
            headers: [
                ("content-length", "11"), ("content-md5", "XrY7u+Ae7tCTyyK7j1rNww=="), ("content-type", "application/octet-stream"),
                ("if-none-match", "*"),
                ("x-ms-version", "2025-11-05"), ("x-ms-blob-type", "BlockBlob"), ("x-ms-date", "Tue, 24 Nov 2026 20:00:00 GMT"),
                ("x-ms-meta-upload_status", "completed"), ("x-ms-meta-a_b", "1"), ("date", "ignored"), ("user-agent", "x"),
            ], query: [], account: "blobstore/acct.blob.martlet.local")
        #expect(put.map { SharedAccessSignature.sign($0, key: Self.key) }.contains("6R8/eLCQeeGbZuwpbJEeoEdp5BwMiROSybXebv0WwCs="))
        let list = SharedKeySignature.stringsToSign(
            method: "GET", path: "/blobstore/acct.blob.martlet.local/box",
            headers: [
                ("x-ms-version", "2025-11-05"), ("x-ms-client-request-id", "7"), ("x-ms-date", "Tue, 24 Nov 2026 20:00:00 GMT"),
                ("content-length", "0"),
            ],
            query: [("restype", "container"), ("comp", "list"), ("prefix", "a b/"), ("delimiter", "/")], account: "acct")
        #expect(list.map { SharedAccessSignature.sign($0, key: Self.key) }.contains("BEFbVDEoGXxYJrWdTL5+1RSE4nsqq34ERQTXMmk6VHQ="))
        let folded = SharedKeySignature.stringsToSign(
            method: "GET", path: "/blobstore/acct.blob.martlet.local/box/x",
            headers: [
                ("x-ms-meta-b", "1"), ("x-ms-metaa", "2"), ("x-ms-version", "2025-11-05"), ("x-ms-date", "Tue, 24 Nov 2026 20:00:00 GMT"),
            ], query: [],
            account: "acct")
        #expect(folded.map { SharedAccessSignature.sign($0, key: Self.key) }.contains("s4YhctCq9W7EZtKbByZ7m7n2WRytbNXXq0S75vKvPxI="))
    }

    static func pairs(_ query: String) -> [(name: String, value: String)] {
        query.split(separator: "&").map { part in
            let pair = part.split(separator: "=", maxSplits: 1)
            return (String(pair[0]), BlobAddress.decode(String(pair[1])) ?? "")
        }
    }
}
