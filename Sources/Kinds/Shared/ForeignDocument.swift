/// Documents of Azure ML whose kinds Martlet does not offer, told by their `$schema` or, where files have none, by
/// what only they have. They are refused by name before anybody looks at their keys.
enum ForeignDocument {
    /// The end of a `$schema` without `.schema.json`, in lower case, to what it is.
    private static let schemas: [String: String] = [
        "automljob": "an AutoML job; write a command job that trains", "sparkjob": "a Spark job; write a command job",
        "sparkcomponent": "a Spark component; write a command component", "finetuningjob": "a fine-tuning job; write a command job",
        "distillationjob": "a distillation job; write a command job", "featurestore": "a feature store; keep features as data assets",
        "featureset": "a feature set; keep features as data assets",
        "featurestoreentity": "an entity of a feature store; keep features as data assets",
        "dataimport": "an import of data; create a data asset from a path",
        "dataindex": "a search index; keep its documents as a data asset", "index": "a search index; keep its documents as a data asset",
        "flow": "a prompt flow; write a command job or a deployment with a scoring script",
        "run": "a run of a prompt flow; write a command job", "connection": "a connection; give secrets to a datastore or a job's environment",
        "modelversionpackage": "a model package; deploy the model itself", "modelpackage": "a model package; deploy the model itself",
        "registry": "a registry; use a second workspace", "mltable": mlTable,
    ]

    private static let mlTable = "an MLTable file, which is data: name its folder as 'path' of a data asset of type mltable"

    /// What the document is and what to do instead; `nil` when it may be one of Martlet's own kinds.
    static func description(of root: YAMLNode) -> String? {
        if let schema = root["$schema"]?.text?.split(separator: "/").last?.lowercased() {
            let name = schema.hasSuffix(".schema.json") ? schema.dropLast(12) : schema.hasSuffix(".json") ? schema.dropLast(5) : schema[...]
            if let found = schemas[String(name)] ?? (name.hasSuffix("connection") ? schemas["connection"] : nil) { return found }
        }
        func has(_ keys: String...) -> Bool { keys.allSatisfy { root[$0] != nil } }
        switch root["type"]?.text {
        case "finetuning"?: return schemas["finetuningjob"]
        case "distillation"?: return schemas["distillationjob"]
        default: break
        }
        if has("replication_locations") { return schemas["registry"] }
        if has("target", "credentials") { return schemas["connection"] }
        let isTable = has("paths") || has("transformations")
        return isTable && !has("name") && !has("command") ? mlTable : nil
    }
}
