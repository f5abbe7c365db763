package import Resources

extension DataAsset {
    static let types: [Choice] = ["uri_folder", "uri_file", "mltable"]

    package static var face: Union {
        Union(
            by: "$kind", default: "data",
            [
                "data": Shape(
                    "A data asset.",
                    fields: Field.asset() + [
                        Field("type", .choice(types), "properties.dataType", default: "uri_folder", "File, folder, or table."),
                        Field("path", .path(.data), "properties.dataUri", required: true, "Where the data is: a local path or a URI."),
                        .dropped("auto_delete_setting", "Without meaning here."),
                        .dropped("datastore", "The default datastore is used."),
                    ])
            ])
    }

    package static func complete(_ body: inout JSON, node: YAMLNode, reading: inout Reading) {
        body[path: ["properties", "isAnonymous"]] = false
        guard let path = node["path"], let upload = reading.uploads.first else { return }
        let isFolder = LocalPath.isFolder(upload.path)
        let place = Place(target: "path", pointer: [])
        switch body[path: ["properties", "dataType"]]?.stringValue {
        case "uri_file" where isFolder:
            reading.refuse(path, "'path': \(path.described) is a folder, but 'type' is uri_file; write uri_folder", place)
        case "uri_folder" where !isFolder:
            reading.refuse(path, "'path': \(path.described) is a file, but 'type' is uri_folder; write 'type: uri_file'", place)
        case "mltable" where !isFolder || !LocalPath.exists(upload.path + "/MLTable"):
            reading.refuse(path, "'path': \(path.described) must be a folder with a file named MLTable", place)
        default: break
        }
    }
}
