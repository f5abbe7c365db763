internal import BlobStore
internal import ControlPlane
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Resources

/// Operations on blobs: which is which, and those that only read.
extension BlobRoutes {
    func blobOperation(_ call: BlobCall, _ grant: BlobAuthentication.Grant) async throws -> Response {
        switch (call.method, call.operation) {
        case (.get, ""), (.head, ""):
            try grant.require("r")
            return try await readBlob(call, grant)
        case (.get, "metadata"), (.head, "metadata"):
            try grant.require("r")
            let blob = try await blobs.get(call.address)
            try admitRead(call, blob)
            return reply(blob, .ok, metadata: true)
        case (.get, "blocklist"):
            try grant.require("r")
            return try await readBlocks(call)
        case (.put, ""):
            return try await putBlob(call, grant)
        case (.put, "block"):
            try grant.require("cw")
            return try await putBlock(call)
        case (.put, "blocklist"):
            try grant.require("cw")
            return try await putBlocks(call, grant)
        case (.put, "appendblock"):
            try grant.require("aw")
            return try await appendBlock(call)
        case (.put, "metadata"):
            try grant.require("w")
            return reply(try await blobs.setMetadata(try call.metadata(), of: call.address, conditions: try call.conditions()), .ok)
        case (.put, "properties"):
            try grant.require("w")
            return reply(
                try await blobs.setHeaders(try call.blobHeaders(plain: false), of: call.address, conditions: try call.conditions()), .ok)
        case (.delete, ""):
            try grant.require("d")
            if call.header("x-ms-delete-snapshots")?.lowercased() == "only" {
                throw Problem(.unsupported, "there are no snapshots to delete", target: "x-ms-delete-snapshots")
            }
            try await blobs.delete(call.address, conditions: try call.conditions())
            return Response(status: .accepted)
        default: throw notOffered(call)
        }
    }

    /// A reply about a blob: its etag and day of change.
    func reply(_ blob: StoredBlob, _ status: HTTPResponse.Status, metadata: Bool = false) -> Response {
        var response = Response(status: status)
        response.headers[.eTag] = "\"\(blob.etag)\""
        response.headers[.lastModified] = HTTPDate.text(blob.modifiedAt)
        if metadata {
            for (name, value) in blob.metadata { response.headers[values: "x-ms-meta-" + name] = value }
        } else if status == .created || status == .ok {
            response.headers[values: "x-ms-request-server-encrypted"] = "false"
        }
        return response
    }

    private func readBlob(_ call: BlobCall, _ grant: BlobAuthentication.Grant) async throws -> Response {
        let blob = try await blobs.get(call.address)
        if try !admitRead(call, blob) { return reply(blob, .notModified) }
        let range = call.method == .head ? nil : try call.range(size: blob.size)
        var response = reply(blob, range == nil ? .ok : .init(code: 206, reasonPhrase: "Partial Content"), metadata: true)
        describe(blob, isWhole: range == nil, overrides: grant, &response)
        if let range {
            response.headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(blob.size)"
            if call.header("x-ms-range-get-content-md5")?.lowercased() == "true" {
                guard range.count <= 4 << 20 else {
                    throw Problem(.invalidInput, "an MD5 is made of at most 4 MiB", target: "x-ms-range-get-content-md5")
                }
                response.headers[values: "content-md5"] = Data(try await blobs.md5(of: blob, range: range)).base64EncodedString()
            }
        }
        if call.method == .head {
            response.headers[.contentLength] = String(blob.size)
            return response
        }
        let chunks = blobs.chunks(of: blob, range: range)
        response.body = ResponseBody(contentLength: Int(chunks.size)) { writer in
            for try await chunk in chunks { try await writer.write(chunk) }
            try await writer.finish(nil)
        }
        return response
    }

    private func describe(_ blob: StoredBlob, isWhole: Bool, overrides: BlobAuthentication.Grant, _ response: inout Response) {
        func asked(_ name: String) -> String? {
            guard case .signature(let signature) = overrides else { return nil }
            return signature.override(name)
        }
        let headers = blob.headers
        response.headers[.contentType] = asked("rsct") ?? headers.contentType
        response.headers[.contentEncoding] = asked("rsce") ?? headers.contentEncoding
        response.headers[.contentLanguage] = asked("rscl") ?? headers.contentLanguage
        response.headers[.contentDisposition] = asked("rscd") ?? headers.contentDisposition
        response.headers[.cacheControl] = asked("rscc") ?? headers.cacheControl
        response.headers[values: isWhole ? "content-md5" : "x-ms-blob-content-md5"] = headers.contentMD5
        response.headers[.acceptRanges] = "bytes"
        response.headers[values: "x-ms-blob-type"] = blob.kind.wireName
        response.headers[values: "x-ms-creation-time"] = HTTPDate.text(blob.createdAt)
        response.headers[values: "x-ms-lease-status"] = "unlocked"
        response.headers[values: "x-ms-lease-state"] = "available"
        response.headers[values: "x-ms-server-encrypted"] = "false"
        if blob.kind == .append { response.headers[values: "x-ms-blob-committed-block-count"] = String(blob.extents.count) }
    }

    /// `false`: the client has this version already.
    @discardableResult
    private func admitRead(_ call: BlobCall, _ blob: StoredBlob) throws(Problem) -> Bool {
        switch try call.conditions().verdict(etag: blob.etag, modifiedAt: blob.modifiedAt) {
        case .proceed: return true
        case .unchanged, .exists: return false
        case .failed:
            throw Problem(
                .preconditionFailed, "the blob '\(blob.address.name)' is not the version that the request asks for", target: "blob")
        }
    }

    private func readBlocks(_ call: BlobCall) async throws -> Response {
        let blocks = try await blobs.blocks(of: call.address)
        let type = call["blocklisttype"]?.lowercased() ?? "committed"
        var text = XMLText()
        text.element("BlockList") { list in
            for (name, items, wanted) in [
                ("CommittedBlocks", blocks.committed, type != "uncommitted"),
                ("UncommittedBlocks", blocks.uncommitted, type != "committed"),
            ] where wanted {
                list.element(name) { list in
                    for block in items {
                        list.element("Block") { element in
                            element.element("Name", block.id)
                            element.element("Size", String(block.size))
                        }
                    }
                }
            }
        }
        var response = blocks.blob.map { reply($0, .ok) } ?? Response(status: .ok)
        response.headers[.contentType] = "application/xml"
        response.headers[values: "x-ms-blob-content-length"] = String(blocks.blob?.size ?? 0)
        response.body = .init(byteBuffer: ByteBuffer(string: text.text))
        return response
    }
}
