internal import Foundation
internal import Resources

/// What an ARM path addresses. Collections and fixed words compare without regard to case, as in Azure.
enum ARMPath: Equatable {
    case workspaces(subscription: String, resourceGroup: String?)
    case workspace(WorkspaceID)
    case workspaceAction(WorkspaceID, action: String)
    /// All resources of a kind (inside `parent` when the kind has one); containers for versioned kinds.
    case collection(WorkspaceID, kind: String, parent: String?)
    /// The versions of an asset.
    case versions(ResourceID)
    /// A resource, a version, or (for versioned kinds) a container.
    case resource(ResourceID)
    case action(ResourceID, action: String)
    case location(subscription: String, location: String, rest: [String])
    case templateDeployment(subscription: String, resourceGroup: String, name: String, rest: [String])
    case subscription(String, rest: [String])

    /// - Parameter isAction: the request is a POST, so an odd last segment is the action's name.
    init?(_ path: String, isAction: Bool, registry: KindRegistry) {
        let parts = path.split(separator: "/").map { String($0).removingPercentEncoding ?? String($0) }
        func word(_ index: Int) -> String { index < parts.count ? parts[index].lowercased() : "" }
        guard word(0) == "subscriptions", parts.count >= 2 else { return nil }
        let subscription = parts[1]
        if word(2) == "providers", word(3) == "microsoft.machinelearningservices" {
            if word(4) == "workspaces", parts.count == 5 {
                self = .workspaces(subscription: subscription, resourceGroup: nil)
            } else if word(4) == "locations", parts.count >= 6 {
                self = .location(subscription: subscription, location: parts[5], rest: Array(parts[6...]))
            } else {
                return nil
            }
            return
        }
        guard word(2) == "resourcegroups", parts.count >= 4 else {
            self = .subscription(subscription, rest: Array(parts[2...]))
            return
        }
        let group = parts[3]
        if let index = parts.indices.first(where: { word($0) == "deployments" && (word($0 - 1) == "microsoft.resources" || $0 == 4) }),
            parts.count > index + 1
        {
            self = .templateDeployment(subscription: subscription, resourceGroup: group, name: parts[index + 1], rest: Array(parts[(index + 2)...]))
            return
        }
        guard word(4) == "providers", word(5) == "microsoft.machinelearningservices", word(6) == "workspaces" else {
            self = .subscription(subscription, rest: Array(parts[2...]))
            return
        }
        guard parts.count >= 8 else {
            self = .workspaces(subscription: subscription, resourceGroup: group)
            return
        }
        let workspace = WorkspaceID(subscription: subscription, resourceGroup: group, name: parts[7])
        self.init(workspace, Array(parts[8...]), isAction: isAction, registry: registry)
    }

    private init?(_ workspace: WorkspaceID, _ rest: [String], isAction: Bool, registry: KindRegistry) {
        func kind(_ path: String) -> (any ResourceKind.Type)? { registry.kind(path: path) }
        func id(_ kind: any ResourceKind.Type, parent: String? = nil, _ name: String, _ version: String? = nil) -> ResourceID {
            ResourceID(workspace: workspace, kind: kind.path, parent: parent, name: name, version: version)
        }
        guard let first = rest.first else {
            self = .workspace(workspace)
            return
        }
        if rest.count == 1 {
            if isAction {
                self = .workspaceAction(workspace, action: first)
            } else if let kind = kind(first) {
                self = .collection(workspace, kind: kind.path, parent: nil)
            } else {
                return nil
            }
            return
        }
        guard let outer = kind(first) else { return nil }
        if rest.count == 2 {
            self = .resource(id(outer, rest[1]))
        } else if outer.isVersioned, rest[2].lowercased() == "versions" {
            switch rest.count {
            case 3: self = .versions(id(outer, rest[1]))
            case 4: self = .resource(id(outer, rest[1], rest[3]))
            case 5 where isAction: self = .action(id(outer, rest[1], rest[3]), action: rest[4])
            default: return nil
            }
        } else if let inner = kind("\(first)/\(rest[2])") {
            switch rest.count {
            case 3: self = .collection(workspace, kind: inner.path, parent: rest[1])
            case 4: self = .resource(id(inner, parent: rest[1], rest[3]))
            case 5 where isAction: self = .action(id(inner, parent: rest[1], rest[3]), action: rest[4])
            default: return nil
            }
        } else if rest.count == 3, isAction {
            self = .action(id(outer, rest[1]), action: rest[2])
        } else {
            return nil
        }
    }
}
