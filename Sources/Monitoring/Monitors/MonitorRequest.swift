package import Resources
internal import Kinds

/// One look at production: which requests, against what, and what to do when it has drifted.
package struct MonitorRequest: Sendable, Hashable {
    package var endpoint: ResourceID
    /// Only this deployment's requests; all of the endpoint's when absent.
    package var deployment: String?
    /// A data asset or URI of the images that the model learnt from. Without one the window is compared with the two windows
    /// before it, as Azure's monitors do by default.
    package var baseline: String?
    /// The label file, when it is not beside the images.
    package var annotations: String?
    package var windowSeconds: Int64
    /// Settings of `martlet-worker drift`, in the words of the monitor YAML.
    package var settings: JSON?
    /// The body of a job that a drift starts, once.
    package var onAlert: JSON?

    package init(
        endpoint: ResourceID, deployment: String? = nil, baseline: String? = nil, annotations: String? = nil, windowSeconds: Int64 = 86_400,
        settings: JSON? = nil, onAlert: JSON? = nil
    ) {
        self.endpoint = endpoint
        self.deployment = deployment
        self.baseline = baseline
        self.annotations = annotations
        self.windowSeconds = windowSeconds
        self.settings = settings
        self.onAlert = onAlert
    }

    /// Reads the body of the action `martletMonitor`:
    /// `{deployment?, baseline?, annotations?, windowSeconds? | window? (ISO 8601), settings?, onAlert?}`.
    package init(endpoint: ResourceID, body: JSON) throws(Problem) {
        self.init(endpoint: endpoint)
        let known = ["deployment", "baseline", "annotations", "windowSeconds", "window", "settings", "onAlert"]
        for key in body.objectValue?.keys ?? [] where !known.contains(key) {
            throw Problem(.invalidInput, "'\(key)' is not a setting of a monitor; there are \(known.joined(separator: ", "))", target: key)
        }
        func text(_ key: String) throws(Problem) -> String? {
            guard let value = body[key], !value.isNull else { return nil }
            guard let text = value.stringValue, !text.isEmpty else { throw Problem(.invalidInput, "'\(key)' must be a text", target: key) }
            return text
        }
        (deployment, baseline, annotations) = (try text("deployment"), try text("baseline"), try text("annotations"))
        if annotations != nil, baseline == nil {
            throw Problem(.invalidInput, "'annotations' are the labels of a 'baseline', which is missing", target: "baseline")
        }
        if let value = body["windowSeconds"], !value.isNull {
            windowSeconds = value.integerValue ?? 0
        } else if let text = try text("window") {
            windowSeconds = ISODuration.seconds(text) ?? 0
        }
        guard (60...366 * 86_400).contains(windowSeconds) else {
            throw Problem(.invalidInput, "the window must be between a minute and a year: 'windowSeconds', or 'window' such as PT24H", target: "windowSeconds")
        }
        if let value = body["settings"], !value.isNull {
            guard value.objectValue != nil else { throw Problem(.invalidInput, "'settings' must be an object", target: "settings") }
            settings = value
        }
        if let value = body["onAlert"], !value.isNull { onAlert = try Self.jobBody(value) }
    }

    /// A job's ARM body; its bare properties are taken too.
    private static func jobBody(_ value: JSON) throws(Problem) -> JSON {
        let body = value["properties"]?["jobType"] != nil ? value : ["properties": value]
        guard body["properties"]?["jobType"]?.stringValue != nil else {
            throw Problem(.invalidInput, "'onAlert' must be the body of a job, with 'properties.jobType'", target: "onAlert")
        }
        return body
    }
}
