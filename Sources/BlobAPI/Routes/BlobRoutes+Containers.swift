internal import ControlPlane
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Resources

/// Operations on the account and on containers.
extension BlobRoutes {
    func accountOperation(_ call: BlobCall, _ grant: BlobAuthentication.Grant) async throws -> Response {
        switch (call.method, call.operation, call.resourceType) {
        case (.get, "list", ""):
            try grant.requireAccount("l", on: "s")
            return try await listContainers(call)
        case (.get, "properties", "account"), (.head, "properties", "account"):
            try grant.requireAccount("rl", on: "s")
            var response = Response(status: .ok)
            response.headers[values: "x-ms-sku-name"] = "Standard_LRS"
            response.headers[values: "x-ms-account-kind"] = "StorageV2"
            response.headers[values: "x-ms-is-hns-enabled"] = "false"
            return response
        default: throw notOffered(call)
        }
    }

    func containerOperation(_ call: BlobCall, _ grant: BlobAuthentication.Grant) async throws -> Response {
        let container = call.address.container
        switch (call.method, call.operation) {
        case (.put, ""):
            try grant.requireAccount("cw", on: "c")
            guard call.header("x-ms-blob-public-access") == nil else {
                throw Problem(.unsupported, "containers here are never public", target: "x-ms-blob-public-access")
            }
            return reply(try await blobs.createContainer(container, metadata: try call.metadata()), .created)
        case (.put, "metadata"):
            try grant.requireAccount("w", on: "c")
            try await admit(call, container)
            return reply(try await blobs.setMetadata(try call.metadata(), of: container), .ok)
        case (.get, ""), (.head, ""), (.get, "metadata"), (.head, "metadata"):
            try grant.require("rl", on: "c")
            return reply(try await blobs.container(container), .ok)
        case (.delete, ""):
            try grant.requireAccount("d", on: "c")
            try await blobs.deleteContainer(container, conditions: try call.conditions())
            return Response(status: .accepted)
        case (.get, "list"):
            try grant.require("l", on: "c")
            return try await listBlobs(call)
        default: throw notOffered(call)
        }
    }

    private func admit(_ call: BlobCall, _ container: BlobContainer) async throws {
        let stored = try await blobs.container(container)
        guard try call.conditions().verdict(etag: stored.etag, modifiedAt: stored.modifiedAt) == .proceed else {
            throw Problem(.preconditionFailed, "the container '\(container.name)' was changed; read it again", target: "container")
        }
    }

    private func reply(_ container: StoredContainer, _ status: HTTPResponse.Status) -> Response {
        var response = Response(status: status)
        response.headers[.eTag] = "\"\(container.etag)\""
        response.headers[.lastModified] = HTTPDate.text(container.modifiedAt)
        response.headers[values: "x-ms-lease-status"] = "unlocked"
        response.headers[values: "x-ms-lease-state"] = "available"
        response.headers[values: "x-ms-has-immutability-policy"] = "false"
        response.headers[values: "x-ms-has-legal-hold"] = "false"
        for (name, value) in container.metadata { response.headers[values: "x-ms-meta-" + name] = value }
        return response
    }

    // MARK: Lists

    private func limit(_ call: BlobCall) throws(Problem) -> Int {
        guard let text = call["maxresults"] else { return 5000 }
        guard let limit = Int(text), limit > 0 else {
            throw Problem(.invalidInput, "maxresults is a whole number from 1 on", target: "?maxresults")
        }
        return min(limit, 5000)
    }

    private func includes(_ what: String, _ call: BlobCall) -> Bool {
        call["include"]?.lowercased().split(separator: ",").contains(Substring(what)) ?? false
    }

    private func listContainers(_ call: BlobCall) async throws -> Response {
        let page = try await blobs.containers(
            of: call.address.container.account, prefix: call["prefix"] ?? "", limit: try limit(call), token: call["marker"])
        return list(call, attributes: []) { list in
            list.element("Containers") { list in
                for item in page.items {
                    list.element("Container") { element in
                        element.element("Name", item.container.name)
                        element.element("Properties") { properties in
                            properties.element("Last-Modified", HTTPDate.text(item.modifiedAt))
                            properties.element("Etag", "\"\(item.etag)\"")
                            properties.element("LeaseStatus", "unlocked")
                            properties.element("LeaseState", "available")
                        }
                        if includes("metadata", call) { write(item.metadata, &element) }
                    }
                }
            }
            list.element("NextMarker", page.nextToken ?? "")
        }
    }

    private func listBlobs(_ call: BlobCall) async throws -> Response {
        let listing = try await blobs.list(
            call.address.container, prefix: call["prefix"] ?? "", delimiter: call["delimiter"], marker: call["marker"],
            limit: try limit(call))
        return list(call, attributes: [("ContainerName", call.address.container.name)]) { list in
            list.element("Blobs") { list in
                for entry in listing.entries {
                    switch entry {
                    case .prefix(let prefix): list.element("BlobPrefix") { writeName(prefix, &$0) }
                    case .blob(let blob): list.element("Blob") { write(blob, call, &$0) }
                    }
                }
            }
            list.element("NextMarker", listing.nextMarker ?? "")
        }
    }

    private func list(_ call: BlobCall, attributes: [(String, String)], _ body: (inout XMLText) -> Void) -> Response {
        let account = BlobContainer(account: call.address.container.account, name: "").at("").urlPath()
        var text = XMLText()
        text.element("EnumerationResults", [("ServiceEndpoint", "https://\(call.request.head.authority ?? "")\(account)")] + attributes) {
            list in
            for (element, parameter) in [
                ("Prefix", "prefix"), ("Marker", "marker"), ("MaxResults", "maxresults"), ("Delimiter", "delimiter"),
            ] {
                list.element(element, call[parameter])
            }
            body(&list)
        }
        return Response(status: .ok, headers: [.contentType: "application/xml"], body: .init(byteBuffer: ByteBuffer(string: text.text)))
    }

    private func write(_ blob: StoredBlob, _ call: BlobCall, _ element: inout XMLText) {
        writeName(blob.address.name, &element)
        element.element("Properties") { properties in
            properties.element("Creation-Time", HTTPDate.text(blob.createdAt))
            properties.element("Last-Modified", HTTPDate.text(blob.modifiedAt))
            properties.element("Etag", blob.etag)
            properties.element("Content-Length", String(blob.size))
            properties.element("Content-Type", blob.headers.contentType)
            properties.element("Content-Encoding", blob.headers.contentEncoding ?? "")
            properties.element("Content-Language", blob.headers.contentLanguage ?? "")
            properties.element("Content-MD5", blob.headers.contentMD5 ?? "")
            properties.element("Cache-Control", blob.headers.cacheControl ?? "")
            properties.element("Content-Disposition", blob.headers.contentDisposition ?? "")
            properties.element("BlobType", blob.kind.wireName)
            properties.element("LeaseStatus", "unlocked")
            properties.element("LeaseState", "available")
            properties.element("ServerEncrypted", "false")
        }
        if includes("metadata", call) { write(blob.metadata, &element) }
    }

    private func write(_ metadata: [String: String], _ element: inout XMLText) {
        element.element("Metadata") { values in
            for (name, value) in metadata.sorted(by: { $0.key < $1.key }) { values.element(name, value) }
        }
    }

    /// XML has no way to write some characters; Azure percent-encodes a name that holds one and says so.
    private func writeName(_ name: String, _ element: inout XMLText) {
        guard name.unicodeScalars.contains(where: { $0 == "\u{FFFE}" || $0 == "\u{FFFF}" }) else { return element.element("Name", name) }
        let path = BlobContainer(account: "", name: "").at(name).urlPath()
        let start = BlobContainer(account: "", name: "").at("").urlPath()
        element.element("Name", String(path.dropFirst(start.count + 1)), [("Encoded", "true")])
    }
}

extension StoredBlob.Kind {
    /// `x-ms-blob-type`.
    var wireName: String {
        switch self {
        case .block: "BlockBlob"
        case .append: "AppendBlob"
        }
    }
}
