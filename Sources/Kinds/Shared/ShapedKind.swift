package import Resources

/// A kind whose YAML face is declared as shapes.
package protocol ShapedKind: YAMLKind {
    /// The whole document; a kind with one form has a union of one.
    static var face: Union { get }
    /// What shapes cannot say: checks across keys, rewritings. Runs after the shape was read.
    static func complete(_ body: inout JSON, node: YAMLNode, reading: inout Reading)
    /// The last touch on the printed face.
    static func finish(_ face: inout JSON, arm: JSON, printing: Printing)
}

extension ShapedKind {
    package static func complete(_ body: inout JSON, node: YAMLNode, reading: inout Reading) {}
    package static func finish(_ face: inout JSON, arm: JSON, printing: Printing) {}

    package static func draft(from document: YAMLDocument, workspace: WorkspaceID) throws(Problem) -> Draft {
        var reading = Reading(document, workspace: workspace)
        let body = read(&reading)
        return try reading.draft(body)
    }

    /// Reads the whole document of `reading`.
    static func read(_ reading: inout Reading) -> JSON {
        let node = reading.document.root
        if let foreign = ForeignDocument.description(of: node) {
            reading.refuse(node, "this document is \(foreign); Martlet does not offer its kind", .root, code: .unsupported)
            return [:]
        }
        guard let shape = face.shape(for: node, &reading, .root) else { return [:] }
        var body = shape.read(node, &reading, .root)
        complete(&body, node: node, reading: &reading)
        return body
    }

    /// Reads a document inside another one. Its problems join those of `outer`; `nil` when it has any.
    static func nested(_ document: YAMLDocument, in outer: inout Reading) -> Draft? {
        var reading = Reading(document, workspace: outer.workspace, includedFrom: outer.includedFrom)
        let body = read(&reading)
        outer.join(reading)
        return reading.problems.isEmpty ? try? reading.draft(body) : nil
    }

    package static var schema: JSON {
        var schema = face.schema
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = .string(title)
        return schema
    }

    package static func face(of arm: JSON) -> JSON {
        let id = arm["id"]?.stringValue.flatMap { ResourceID(path: $0) }
        let printing = Printing(workspace: id?.workspace)
        var printed = JSONObject()
        if let text = arm["id"]?.stringValue { printed["id"] = .string(text) }
        printed["name"] = .string(id?.name ?? arm["name"]?.stringValue ?? "")
        if isVersioned, let version = id?.version ?? arm["properties"]?["latestVersion"]?.stringValue {
            printed["version"] = .string(version)
        }
        if let parent = id?.parent { printed["endpoint_name"] = .string(parent) }
        // An asset without a version stands for all of them, and has none of what a version has.
        let isContainer = isVersioned && id != nil && id?.version == nil
        let body = isContainer ? [:] : face.variants.count == 1 ? face.variants[0].shape.print(arm, printing) : face.print(arm, printing)
        for (key, value) in body.objectValue ?? [:] where !["id", "properties_bag", "systemData"].contains(key) || face.variants.count == 1 {
            printed[key] = value
        }
        var result = JSON.object(printed)
        if isContainer {
            for (key, member) in [("latest_version", "latestVersion"), ("description", "description"), ("tags", "tags")] {
                if let value = arm["properties"]?[member] { result[key] = value }
            }
        } else {
            finish(&result, arm: arm, printing: printing)
        }
        if let systemData = arm["systemData"] { result["creation_context"] = creationContext(systemData) }
        if let group = id?.workspace.resourceGroup { result["resourceGroup"] = .string(group) }
        return result
    }

    private static func creationContext(_ systemData: JSON) -> JSON {
        let keys = [
            ("created_at", "createdAt"), ("created_by", "createdBy"), ("created_by_type", "createdByType"),
            ("last_modified_at", "lastModifiedAt"), ("last_modified_by", "lastModifiedBy"),
            ("last_modified_by_type", "lastModifiedByType"),
        ]
        return .object(JSONObject(keys.compactMap { name, key in systemData[key].map { (name, $0) } }))
    }
}

extension Field {
    /// Keys that every printed face has and every document may echo.
    static let common: [Field] = [
        Field("id", .any, .dropped, "ARM id, set by the server."),
        Field("creation_context", .any, .dropped, "Who made it and when, set by the server."),
        Field("resourceGroup", .any, .dropped, "Resource group, set by the server."),
        Field("resource_group", .any, .dropped, "Resource group, set by the server."),
        readOnly("provisioning_state", "properties.provisioningState"),
    ]

    /// Keys of every versioned asset.
    static func asset(_ rule: TextRule = .assetName, nameRequired: Bool = true, tags: String = "properties.tags") -> [Field] {
        [
            .name(rule, required: nameRequired, "Name of the asset."),
            Field("version", .text(.version), .version, "Version; counted up by the server when absent."),
            Field("description", .string, "properties.description", "What it is."),
            Field("tags", .textMap, tags, "Free labels that may change later."),
            Field("properties", .textMap, "properties.properties", "Free facts; values are stored as texts."),
            Field("stage", .text, "properties.stage", "Stage of the life cycle, such as Production."),
            Field("is_archived", .boolean, .readOnly(["properties", "isArchived"]), "Hidden from lists."),
        ] + common
    }
}
