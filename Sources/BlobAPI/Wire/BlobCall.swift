internal import ControlPlane
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Resources

/// A request in the words of Azure's Blob service: address, decoded query, headers. Nothing in it has been believed yet.
struct BlobCall {
    let request: Request
    let address: BlobAddress
    /// Decoded, names in small letters, in the order in which they came.
    let query: [(name: String, value: String)]

    init(_ request: Request) throws(Problem) {
        guard let address = BlobAddress(urlPath: request.uri.path) else {
            throw Problem(
                .invalidInput, "'\(request.uri.path)' is no address of this blob service: /blobstore/ACCOUNT.blob.SUFFIX/CONTAINER/BLOB",
                target: "uri")
        }
        self.request = request
        self.address = address
        query = try Self.parse(request.uri.query ?? "")
    }

    static func parse(_ query: String) throws(Problem) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for part in query.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = BlobAddress.decode(String(pair[0])), let value = BlobAddress.decode(pair.count > 1 ? String(pair[1]) : "")
            else {
                throw Problem(.invalidInput, "the query '\(part)' is not percent-encoded UTF-8", target: "?")
            }
            pairs.append((name.lowercased(), value))
        }
        return pairs
    }

    var method: HTTPRequest.Method { request.method }
    var operation: String { self["comp"]?.lowercased() ?? "" }
    var resourceType: String { self["restype"]?.lowercased() ?? "" }

    /// A query parameter.
    subscript(name: String) -> String? { query.first { $0.name == name }?.value }

    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { request.headers[$0] } }

    // MARK: Values of headers

    func conditions(_ prefix: String = "") throws(Problem) -> BlobConditions {
        func etags(_ name: String) -> [String] {
            (header(prefix + name) ?? "").split(separator: ",").map { tag in
                var tag = tag.trimming { $0 == " " }
                if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
                return String(tag.trimming { $0 == "\"" })
            }
        }
        func date(_ name: String) throws(Problem) -> Date? {
            guard let text = header(prefix + name) else { return nil }
            guard let date = HTTPDate.date(text) else { throw Problem(.invalidInput, "'\(text)' is no HTTP date", target: prefix + name) }
            return date
        }
        return BlobConditions(
            ifMatch: etags("if-match"), ifNoneMatch: etags("if-none-match"), ifModifiedSince: try date("if-modified-since"),
            ifUnmodifiedSince: try date("if-unmodified-since"))
    }

    /// The `x-ms-meta-` headers. Azure wants names that are identifiers of C#, because lists write them as XML elements.
    func metadata() throws(Problem) -> [String: String] {
        var values: [String: String] = [:]
        for field in request.headers where field.name.canonicalName.hasPrefix("x-ms-meta-") {
            let name = String(field.name.rawName.dropFirst("x-ms-meta-".count))
            let isIdentifier = name.utf8.first.map { !(0x30...0x39).contains($0) } ?? false
            guard isIdentifier, name.utf8.allSatisfy({ $0 == 0x5F || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) })
            else {
                throw Problem(
                    .invalidInput, "'\(name)' is no name for metadata: letters, digits and '_', not a digit first", target: "metadata")
            }
            values[name] = field.value
        }
        guard values.reduce(0, { $0 + $1.key.utf8.count + $1.value.utf8.count }) <= 8192 else {
            throw Problem(.invalidInput, "metadata has at most 8 KiB", target: "metadata")
        }
        return values
    }

    /// What `x-ms-blob-*` says; for a whole upload the plain headers stand in for those that are missing.
    func blobHeaders(plain: Bool) throws(Problem) -> BlobHeaders {
        func value(_ name: String) -> String? { header("x-ms-blob-" + name) ?? (plain ? header(name) : nil) }
        let md5 = header("x-ms-blob-content-md5")
        if let md5 { _ = try Self.digest(md5, "x-ms-blob-content-md5") }
        return BlobHeaders(
            contentType: value("content-type") ?? "application/octet-stream", contentEncoding: value("content-encoding"),
            contentLanguage: value("content-language"), contentDisposition: header("x-ms-blob-content-disposition"),
            cacheControl: value("cache-control"), contentMD5: md5)
    }

    /// `Content-MD5`, which the body must have.
    func bodyMD5() throws(Problem) -> [UInt8]? {
        try header("content-md5").map { text throws(Problem) in try Self.digest(text, "content-md5") }
    }

    private static func digest(_ text: String, _ name: String) throws(Problem) -> [UInt8] {
        guard let data = Data(base64Encoded: text), data.count == 16 else {
            throw Problem(.invalidInput, "'\(text)' is not the base64 of 16 bytes", target: name)
        }
        return Array(data)
    }

    /// The bytes asked for of a blob of `size` bytes, `nil` for all. `x-ms-range` goes before `Range`.
    func range(size: Int64) throws(Problem) -> Range<Int64>? {
        guard let text = header("x-ms-range") ?? header("range") else { return nil }
        let ends = text.split(separator: "=", maxSplits: 1).last?.split(separator: "-", omittingEmptySubsequences: false) ?? []
        guard text.lowercased().hasPrefix("bytes="), ends.count == 2, let first = Int64(ends[0]), first >= 0 else { return nil }
        guard first < size else {
            throw Problem(.invalidInput, "the blob has \(size) bytes, the range begins at \(first)", target: "range")
        }
        guard !ends[1].isEmpty else { return first..<size }
        guard let last = Int64(ends[1]), last >= first else { return nil }
        return first..<(min(last, size - 1) + 1)
    }

    func integer(_ name: String) throws(Problem) -> Int64? {
        guard let text = header(name) else { return nil }
        guard let value = Int64(text), value >= 0 else { throw Problem(.invalidInput, "'\(text)' is no count of bytes", target: name) }
        return value
    }
}

extension Substring {
    fileprivate func trimming(_ isDropped: (Character) -> Bool) -> Substring {
        var text = drop(while: isDropped)
        while let last = text.last, isDropped(last) { text.removeLast() }
        return text
    }
}
