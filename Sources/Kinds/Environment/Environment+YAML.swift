package import Resources

extension EnvironmentAsset {
    /// The name that Azure gives to environments written inside other documents.
    static let anonymousName = "CliV2AnonymousEnvironment"

    package static var face: Union { face(nameRequired: true) }

    static func face(nameRequired: Bool) -> Union {
        Union(
            by: "$kind", default: "environment",
            [
                "environment": Shape(
                    "An environment.",
                    fields: Field.asset(nameRequired: nameRequired) + [
                        Field("image", .text, "properties.image", "Container image."),
                        Field("conda_file", .custom(condaFile), "properties.condaFile", "Path of a conda file, or its content."),
                        Field(
                            "build",
                            .shape(
                                Shape(
                                    "A build context.",
                                    fields: [
                                        Field("path", .path(.buildContext), "contextUri", required: true, "Folder with the Dockerfile."),
                                        Field("dockerfile_path", .text, "dockerfilePath", "Dockerfile, seen from the folder."),
                                    ])), "properties.build", "Build the image from a Dockerfile."),
                        Field(
                            "os_type", .choice([Choice("linux", "Linux"), Choice("windows", "Windows")]), "properties.osType",
                            "Operating system."),
                        Field(
                            "inference_config", .shape(inferenceConfig), "properties.inferenceConfig",
                            "Routes of a server that the image starts itself."),
                        Field("datastore", .text, .dropped, "The default datastore is used."),
                    ])
            ])
    }

    private static let inferenceConfig = Shape(
        "Routes of a server.",
        fields: [
            ("liveness_route", "livenessRoute"), ("readiness_route", "readinessRoute"), ("scoring_route", "scoringRoute"),
        ].map { key, path in
            Field(
                key,
                .shape(
                    Shape(
                        "A route.",
                        fields: [
                            Field("port", .integer(1...65_535), "port", required: true, "Port inside the container."),
                            Field("path", .text, "path", required: true, "Path of the URL."),
                        ])), path, "A route.")
        })

    /// A path to a conda file or the mapping itself; on the wire its text.
    private static let condaFile = CustomType(
        schema: ["type": ["string", "object"]],
        read: { node, reading, place in
            if node.entries != nil { return .string(YAMLText.render(node.json)) }
            guard let text = node.text else {
                reading.mismatch(node, place, must: "the path of a conda file or its content")
                return nil
            }
            if text.contains("\n") { return .string(text) }
            guard let path = reading.existing(text, node, place) else { return nil }
            guard let content = LocalPath.text(path) else {
                reading.refuse(node, "'\(place.target)': '\(text)' is not a text file", place)
                return nil
            }
            // An empty file asks for nothing more than the image.
            if content.allSatisfy(\.isWhitespace) { return .string(content) }
            do throws(Problem) {
                _ = try YAMLDocument(text: content, file: path)
            } catch {
                reading.problems.append(error)
            }
            return .string(content)
        },
        print: { value, _ in
            guard let text = value.stringValue, let document = try? YAMLDocument(text: text) else { return value }
            return document.root.json
        })

    package static func complete(_ body: inout JSON, node: YAMLNode, reading: inout Reading) {
        body[path: ["properties", "isAnonymous"]] = false
        if let contents = body[path: ["properties", "inferenceConfig"]], contents == [:] {
            body[path: ["properties", "inferenceConfig"]] = nil
        }
        let place = Place(target: "image", pointer: [])
        switch (node["image"], node["build"], node["conda_file"]) {
        case (nil, nil, nil): reading.refuse(node, "an environment needs 'image', 'conda_file' with 'image', or 'build'", place)
        case (_?, let build?, _): reading.refuse(build, "'build' and 'image' exclude each other; keep one", place)
        case (nil, nil, let conda?): reading.refuse(conda, "'image' is missing: 'conda_file' needs the image that it extends", place)
        default: break
        }
    }

    private static func isFile(_ text: String) -> Bool {
        text.hasPrefix("file:") || (!text.hasPrefix("azureml:") && (text.hasSuffix(".yml") || text.hasSuffix(".yaml")))
    }

    /// The mapping written in place or in a file of its own.
    private static func document(_ node: YAMLNode, _ reading: inout Reading, _ place: Place) -> YAMLDocument? {
        if node.entries != nil { return reading.document.part(node) }
        guard let text = node.text, isFile(text) else { return nil }
        guard let path = reading.existing(text.hasPrefix("file:") ? String(text.dropFirst(5)) : text, node, place) else { return nil }
        do throws(Problem) {
            return try YAMLDocument(contentsOfFile: path)
        } catch {
            reading.problems.append(error)
            return nil
        }
    }

    /// Reads an environment written inside another document, or a reference to one. The value at `place` becomes the
    /// ARM id; for an inline one after the client created it.
    static let embedded = CustomType(
        schema: ["oneOf": [["type": "string"], face(nameRequired: false).schema]],
        read: { node, reading, place in
            guard let document = document(node, &reading, place) else {
                return node.text.map { isFile($0) } == true ? nil : reading.asset(node, kind: path, title: title, place)
            }
            let node = document.root
            let problems = reading.problems.count
            var inner = Reading(document, workspace: reading.workspace)
            let shape = face(nameRequired: false).variants[0].shape
            var body = shape.read(node, &inner, .root)
            // `environment: {name: x, version: 1}` names an existing one.
            if node["image"] == nil, node["build"] == nil, let name = inner.name, let version = inner.version, node["conda_file"] == nil {
                reading.join(inner)
                return .string(ResourceID(workspace: reading.workspace, kind: path, name: name, version: version).path)
            }
            complete(&body, node: node, reading: &inner)
            reading.unmet += inner.unmet
            reading.problems += inner.problems.map { problem in
                var problem = problem
                problem.target = problem.target.map { "\(place.target).\($0)" }
                return problem
            }
            guard reading.problems.count == problems, var draft = try? inner.draft(body) else { return nil }
            if draft.name == nil || draft.version == nil {
                draft.name = anonymousName
                draft.version = nil
                draft.body[path: ["properties", "isAnonymous"]] = true
                if draft.uploads.isEmpty { draft.version = draft.contentVersion }
            }
            reading.inlineAssets.append(InlineAsset(kind: path, draft: draft, pointer: place.pointer))
            return .string("")
        },
        print: { value, printing in value.stringValue.map { .string(printing.short($0)) } ?? value })
}
