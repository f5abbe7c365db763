internal import Resources

/// The job that compares: it runs `martlet-worker drift`, because a server does not decode pictures. Pure.
struct MonitorJob {
    var request: MonitorRequest
    /// Where the exported requests are.
    var production: String
    /// Where the earlier requests are that stand in for a baseline.
    var earlier: String?
    var settings: String?
    /// The deployed detector, which looks at the baseline too, so that predictions are compared with predictions.
    var model: String?

    var body: JSON {
        var inputs: JSON = ["production": ["jobInputType": "uri_file", "uri": .string(production)]]
        var options = ["--production ${{inputs.production}}", "--output ${{outputs.report}}"]
        func add(_ name: String, _ type: String, _ uri: String?) {
            guard let uri else { return }
            inputs[name] = ["jobInputType": .string(type), "uri": .string(uri)]
            options.append("--\(name) ${{inputs.\(name)}}")
        }
        add("baseline", request.baseline == nil ? "uri_file" : "uri_folder", request.baseline ?? earlier)
        add("annotations", "uri_file", request.annotations)
        add("settings", "uri_file", settings)
        add("model", "custom_model", model)
        let watched = request.endpoint.name + (request.deployment.map { "/\($0)" } ?? "")
        return [
            "properties": [
                "jobType": "Command", "command": .string("martlet-worker drift \(options.joined(separator: " ")) --title 'Drift of \(watched)'"),
                "displayName": .string("drift of \(watched)"), "experimentName": "monitoring", "inputs": inputs,
                "outputs": ["report": ["jobOutputType": "uri_folder"]],
                "tags": ["monitor.endpoint": .string(request.endpoint.name), "monitor.deployment": .string(request.deployment ?? "")],
            ]
        ]
    }
}
