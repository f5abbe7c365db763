import APIClient
import Foundation
package import Kinds
package import Resources

/// From a draft to a resource on the server: inner assets first, then files, then the put.
extension Session {
    /// Creates what `draft` asks for; gives its id and the ARM resource.
    package func submit(_ draft: Draft, kind: any ResourceKind.Type, wait: Bool = true) async throws(Problem) -> (id: ResourceID, arm: JSON) {
        var draft = draft
        draft.body = try await body(of: draft)
        let id = try await address(of: draft, kind: kind)
        return (id, try await client.put(id.armPath, draft.body, wait: wait))
    }

    /// The ARM body of a draft, with what it refers to on the server.
    func body(of draft: Draft) async throws(Problem) -> JSON {
        var draft = draft
        for asset in draft.inlineAssets {
            guard let inner = AllKinds.kind(path: asset.kind) else { throw Problem(.internalFault, "'\(asset.kind)' is no kind of asset") }
            let made = try await submit(asset.draft, kind: inner)
            draft.body.set(.string(made.arm["id"]?.stringValue ?? made.id.path), at: asset.pointer)
        }
        for upload in draft.uploads { draft.body.set(.string(try await place(upload)), at: upload.pointer) }
        return draft.body
    }

    /// The text that stands for an uploaded file or folder.
    private func place(_ upload: LocalUpload) async throws(Problem) -> String {
        let progress = progress("Uploading \(URL(filePath: upload.path).lastPathComponent)")
        switch upload.purpose {
        case .code: return try await client.uploadCode(upload.path, workspace: workspace, progress: progress)
        case .data: return try await client.uploadData(upload.path, workspace: workspace, progress: progress).path.shortURI
        case .model: return try await client.uploadData(upload.path, workspace: workspace, progress: progress).path.longURI(in: workspace)
        case .buildContext:
            let url = try await client.uploadData(upload.path, workspace: workspace, base: .ofCode, progress: progress).url
            return url.hasSuffix("/") ? url : url + "/"
        }
    }

    private func address(of draft: Draft, kind: any ResourceKind.Type) async throws(Problem) -> ResourceID {
        let isAnonymous = draft.body.value(at: "properties", "isAnonymous")?.boolValue == true
        guard let name = draft.name ?? (kind.path == "jobs" ? GeneratedName.next() : isAnonymous ? "azureml_anonymous" : nil) else {
            throw Problem(.invalidInput, "the \(kind.title) has no name; write 'name:' in the document or pass --name", target: "name")
        }
        var id = ResourceID(workspace: workspace, kind: kind.path, parent: draft.parent, name: name)
        if kind.parentPath != nil, id.parent == nil {
            throw Problem(
                .invalidInput, "the \(kind.title) has no endpoint; write 'endpoint_name:' or pass --endpoint-name", target: "endpoint_name")
        }
        guard kind.isVersioned else { return id }
        if let version = draft.version {
            id.version = version
        } else if isAnonymous {
            id.version = draft.contentVersion
        } else {
            id.version = try await nextVersion(of: id)
        }
        return id
    }

    /// What the server would call the next version; the first is 1.
    func nextVersion(of container: ResourceID) async throws(Problem) -> String {
        do throws(Problem) {
            return try await client.get(container.path).value(at: "properties", "nextVersion")?.literalText ?? "1"
        } catch  where error.code == .notFound {
            return "1"
        }
    }

    /// The version that `@latest` means.
    func latestVersion(of container: ResourceID) async throws(Problem) -> String {
        guard let version = try await client.get(container.path).value(at: "properties", "latestVersion")?.literalText else {
            throw Problem(.notFound, "'\(container.name)' has no active version; restore one or create one")
        }
        return version
    }
}

extension JSON {
    /// Puts `value` where the keys of `pointer` lead; a number leads into a list.
    package mutating func set(_ value: JSON, at pointer: [String]) {
        guard let key = pointer.first else {
            self = value
            return
        }
        let rest = Array(pointer.dropFirst())
        if case .array(var elements) = self, let index = Int(key), elements.indices.contains(index) {
            elements[index].set(value, at: rest)
            self = .array(elements)
        } else {
            var member = self[key] ?? [:]
            member.set(value, at: rest)
            self[key] = member
        }
    }

    /// The merge patch (RFC 7396) that turns `self` into `other`; absent when they are equal.
    package func patch(to other: JSON) -> JSON? {
        // `nil` alone could mean JSON's null here.
        let unchanged = JSON?.none
        guard let before = objectValue, let after = other.objectValue else { return self == other ? unchanged : .some(other) }
        var patch = JSONObject()
        for key in before.keys where after[key] == nil { patch[key] = .some(.null) }
        for (key, value) in after {
            guard let old = before[key] else {
                patch[key] = value
                continue
            }
            if let difference = old.patch(to: value) { patch[key] = difference }
        }
        return patch.isEmpty ? unchanged : .some(.object(patch))
    }
}
