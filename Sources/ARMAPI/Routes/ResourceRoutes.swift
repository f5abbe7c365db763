internal import ControlPlane
internal import Foundation
internal import HTTPSupport
internal import HTTPTypes
internal import Hummingbird
internal import MetadataStore
internal import Resources

/// GET, PUT, PATCH, DELETE, list and actions for every kind.
extension ARMRoutes {
    func resource(_ id: ResourceID, _ request: Request, _ principal: Principal) async throws -> Response {
        let isContainer = resources.registry.kind(path: id.kind)?.isVersioned == true && id.version == nil
        switch request.method {
        case .get, .head:
            if isContainer { return .json(containerBody(of: try await resources.container(id))) }
            let resource = try await resources.get(id)
            return .json(resources.armBody(of: resource), headers: [.eTag: "\"\(resource.revision)\""])
        case .put:
            let body = try await request.json()
            guard body.objectValue != nil else { throw Problem(.invalidInput, "the body must be an object, not \(body.typeName)") }
            if isContainer { return try await putContainer(id, body, principal) }
            return try await put(id, body, request, principal)
        case .patch:
            let patch = try await request.json()
            if isContainer { return try await putContainer(id, patch, principal) }
            let current = try await resources.get(id)
            var body = current.envelope.merging(patch)
            body["properties"] = current.properties.merging(patch["properties"] ?? [:])
            return try await put(id, body, request, principal)
        case .delete:
            return Response(status: try await resources.delete(id) ? .ok : .noContent)
        default:
            throw Problem(.methodNotAllowed, "\(request.method.rawValue) is not offered at \(request.uri.path)")
        }
    }

    private func put(_ id: ResourceID, _ body: JSON, _ request: Request, _ principal: Principal) async throws -> Response {
        let revision = request.headers[.ifMatch].flatMap { Int64($0.replacing("\"", with: "").replacing("W/", with: "")) }
        let result = try await resources.put(id, body: body, by: principal, ifMatch: revision)
        var headers: HTTPFields = [.eTag: "\"\(result.resource.revision)\""]
        // A long-running operation has no record of its own: its state is the resource's provisioning state.
        if let state = result.resource.observed["provisioningState"]?.stringValue, ProvisioningState(state) == .inProgress {
            headers.append(contentsOf: operationHeaders(for: result.resource.id))
        }
        return .json(resources.armBody(of: result.resource), status: result.isNew ? .created : .ok, headers: headers)
    }

    private func putContainer(_ id: ResourceID, _ body: JSON, _ principal: Principal) async throws -> Response {
        if let isArchived = body.value(at: "properties", "isArchived")?.boolValue {
            try await resources.setArchived(isArchived, allVersionsOf: id, by: principal)
        }
        return .json(containerBody(of: try await resources.container(id)))
    }

    func list(kind: String, parent: String?, in workspace: WorkspaceID, _ request: Request) async throws -> Response {
        let isVersioned = resources.registry.kind(path: kind)?.isVersioned == true
        let archived = listView(request)
        if isVersioned {
            let containers = try await resources.containers(kind: kind, in: workspace, archived: archived)
            return .json(["value": .array(containers.map(containerBody(of:))), "nextLink": nil])
        }
        var filter = ResourceFilter(kind: kind, parent: parent, archived: archived, includesAnonymous: false)
        if let name = request.query("name") { filter.name = name }
        let page = try await resources.list(filter, in: workspace, limit: pageSize(request), token: request.query("$skiptoken"))
        var items = page.items.map(resources.armBody(of:))
        if request.query("isDefault") == "true" { items.removeAll { $0.value(at: "properties", "isDefault")?.boolValue != true } }
        return .json(["value": .array(items), "nextLink": nextLink(page.nextToken, request)])
    }

    func listVersions(of container: ResourceID, _ request: Request) async throws -> Response {
        var filter = ResourceFilter(kind: container.kind, name: container.name, hasVersion: true, archived: listView(request))
        if let hash = request.query("hash") {
            // The SDK asks under a fresh name each time: the hash identifies the code, whatever its name.
            filter.name = nil
            filter.contentHash = hash
        }
        let page = try await resources.list(filter, in: container.workspace, limit: pageSize(request), token: request.query("$skiptoken"))
        let limit = request.query("$top").flatMap { Int($0) }
        return .json([
            "value": .array(page.items.map(resources.armBody(of:))), "nextLink": limit == nil ? nextLink(page.nextToken, request) : nil,
        ])
    }

    func perform(_ action: String, on id: ResourceID, _ request: Request, _ principal: Principal) async throws -> Response {
        guard let handler = actions.handler(action, of: id.kind) else {
            throw Problem(.notFound, "there is no action '\(action)' on \(id.kind)", target: request.uri.path)
        }
        let reply = try await handler(ActionCall(id: id, body: try await request.json(), principal: principal))
        return reply.map { .json($0) } ?? Response(status: .ok)
    }

    private func containerBody(of container: AssetContainer) -> JSON {
        let kind = resources.registry.kind(path: container.id.kind)
        var properties: JSON = [
            "latestVersion": JSON(container.latest.id.version), "nextVersion": .string(container.nextVersion),
            "isArchived": .bool(container.isArchived), "provisioningState": "Succeeded",
        ]
        for key in ["description", "tags", "dataType", "modelType", "properties"] {
            if let value = container.latest.properties[key] { properties[key] = value }
        }
        if properties["tags"] == nil { properties["tags"] = [:] }
        return [
            "id": .string(container.id.path), "name": .string(container.id.name),
            "type": .string("Microsoft.MachineLearningServices/workspaces/\(kind?.path ?? "")"), "properties": properties,
            "systemData": container.latest.systemData.json,
        ]
    }

    private func listView(_ request: Request) -> ResourceFilter.Archived {
        switch request.query("listViewType")?.lowercased() {
        case "archivedonly": .archivedOnly
        case "all": .all
        default: .activeOnly
        }
    }

    private func pageSize(_ request: Request) -> Int {
        let asked = (request.query("$top") ?? request.query("count")).flatMap { Int($0) } ?? 1000
        return min(max(asked, 1), 1000)
    }

    private func nextLink(_ token: String?, _ request: Request) -> JSON {
        guard let token else { return nil }
        var pairs = request.uri.queryParameters.filter { $0.key != "$skiptoken" }.map { "\($0.key)=\($0.value)" }
        pairs.append("$skiptoken=\(token)")
        return .string("\(workspaces.baseURL)\(request.uri.path)?\(pairs.joined(separator: "&"))")
    }
}
