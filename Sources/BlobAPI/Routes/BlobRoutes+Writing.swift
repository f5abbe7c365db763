internal import ControlPlane
internal import Foundation
internal import HTTPSupport
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Resources

/// Operations that make bytes: uploads, blocks, appends, copies. Bodies go to the disk as they come.
extension BlobRoutes {
    func putBlob(_ call: BlobCall, _ grant: BlobAuthentication.Grant) async throws -> Response {
        if let source = call.header("x-ms-copy-source") { return try await copyBlob(call, from: source, grant) }
        let type = call.header("x-ms-blob-type")
        switch type {
        case "BlockBlob":
            try grant.require("cw")
            let blob = try await blobs.put(
                call.address, from: call.request.body, headers: try call.blobHeaders(plain: true), metadata: try call.metadata(),
                md5: try call.bodyMD5(), conditions: try conditions(call, grant))
            var response = reply(blob, .created)
            response.headers[values: "content-md5"] = blob.headers.contentMD5
            return response
        case "AppendBlob":
            try grant.require("acw")
            guard call.header("content-length") == "0" else {
                throw Problem(.invalidInput, "an append blob is made empty; add its bytes with comp=appendblock", target: "content-length")
            }
            let blob = try await blobs.put(
                call.address, from: call.request.body, headers: try call.blobHeaders(plain: true), metadata: try call.metadata(),
                kind: .append,
                conditions: try conditions(call, grant))
            return reply(blob, .created)
        case "PageBlob":
            throw Problem(.unsupported, "page blobs are not offered here; use BlockBlob or AppendBlob", target: "x-ms-blob-type")
        default:
            throw Problem(.invalidInput, "x-ms-blob-type must be BlockBlob or AppendBlob, not '\(type ?? "")'", target: "x-ms-blob-type")
        }
    }

    func putBlock(_ call: BlobCall) async throws -> Response {
        try refuseForeignSource(call)
        guard let id = call["blockid"] else { throw Problem(.invalidInput, "a block needs blockid", target: "?blockid") }
        let md5 = try await blobs.stage(id, of: call.address, from: call.request.body, md5: try call.bodyMD5())
        var response = Response(status: .created)
        response.headers[values: "content-md5"] = Data(md5).base64EncodedString()
        response.headers[values: "x-ms-request-server-encrypted"] = "false"
        return response
    }

    func putBlocks(_ call: BlobCall, _ grant: BlobAuthentication.Grant) async throws -> Response {
        let body = try await call.request.bytes(limit: 16 << 20)
        if let md5 = try call.bodyMD5(), md5 != blobs.md5(of: body.readableBytesView) {
            throw Problem(.invalidInput, "the block list does not have the MD5 that came with it", target: "Content-MD5")
        }
        let document = try BlockListDocument(parsing: body.readableBytesView)
        let blob = try await blobs.commit(
            document.blocks, of: call.address, headers: try call.blobHeaders(plain: false), metadata: try call.metadata(),
            conditions: try conditions(call, grant))
        return reply(blob, .created)
    }

    func appendBlock(_ call: BlobCall) async throws -> Response {
        try refuseForeignSource(call)
        let (blob, offset, md5) = try await blobs.append(
            to: call.address, from: call.request.body, position: try call.integer("x-ms-blob-condition-appendpos"),
            maximumSize: try call.integer("x-ms-blob-condition-maxsize"), md5: try call.bodyMD5(), conditions: try call.conditions())
        var response = reply(blob, .created)
        response.headers[values: "content-md5"] = Data(md5).base64EncodedString()
        response.headers[values: "x-ms-blob-append-offset"] = String(offset)
        response.headers[values: "x-ms-blob-committed-block-count"] = String(blob.extents.count)
        return response
    }

    /// Within the account a copy is one more name for the same bytes, done before the reply.
    private func copyBlob(_ call: BlobCall, from url: String, _ grant: BlobAuthentication.Grant) async throws -> Response {
        try grant.require("cw")
        guard let source = BlobAddress(url: url), source.container.account == call.address.container.account, !source.name.isEmpty else {
            throw Problem(
                .unsupported, "blobs are copied within one storage account only; download '\(url.prefix { $0 != "?" })' and upload it",
                target: "x-ms-copy-source")
        }
        let query = try BlobCall.parse(url.firstIndex(of: "?").map { String(url[url.index(after: $0)...]) } ?? "")
        guard try authentication.mayRead(source, query: query, grant: grant, call: call) else {
            throw Problem(.forbidden, "the source of the copy needs a signature of its own that allows reading", target: "source")
        }
        let original = try await blobs.get(source)
        guard try call.conditions("x-ms-source-").verdict(etag: original.etag, modifiedAt: original.modifiedAt) == .proceed else {
            throw Problem(.preconditionFailed, "the source of the copy is not in the state that the request asks for", target: "source")
        }
        let metadata = try call.metadata()
        let blob = try await blobs.copy(
            source, to: call.address, metadata: metadata.isEmpty ? nil : metadata, conditions: try conditions(call, grant))
        var response = reply(blob, .accepted)
        response.headers[values: "x-ms-copy-id"] = UUID().uuidString.lowercased()
        response.headers[values: "x-ms-copy-status"] = "success"
        return response
    }

    /// Who may only create does not replace.
    private func conditions(_ call: BlobCall, _ grant: BlobAuthentication.Grant) throws(Problem) -> BlobConditions {
        var conditions = try call.conditions()
        if !grant.allows("w") { conditions.ifNoneMatch.append("*") }
        return conditions
    }

    private func refuseForeignSource(_ call: BlobCall) throws(Problem) {
        guard call.header("x-ms-copy-source") != nil else { return }
        throw Problem(.unsupported, "blocks from a URL are not offered here; send the bytes", target: "x-ms-copy-source")
    }
}
