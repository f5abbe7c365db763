package import MetadataStore
package import Resources

/// What keys and values of metrics, parameters and tags may be (mlflow.md 1.1), in the words of stock MLflow.
package enum FactRules {
    package static let metricsPerBatch = 1000
    package static let parametersPerBatch = 100
    package static let tagsPerBatch = 100
    package static let entitiesPerBatch = 1000
    static let keyLength = 250
    static let parameterLength = 6000
    static let tagLength = 8000
    static let experimentTagLength = 20_000
    static let registryValueLength = 100_000

    /// The key of a metric, parameter or run tag: letters, digits and `_ - . / :` and spaces, and no way out of a folder.
    package static func check(key: String, field: @autoclosure () -> String) throws(Problem) {
        if isPlain(key) { return }
        let field = field()
        guard !key.isEmpty else { throw missing(field) }
        guard key.count <= keyLength else {
            throw Problem(
                .invalidInput, "'\(field)' exceeds the maximum length of \(keyLength) characters: it has \(key.count)", target: field)
        }
        guard key.allSatisfy({ $0.isLetter || $0.isNumber || "_-./: ".contains($0) }) else {
            throw Problem(
                .invalidInput,
                "Invalid value \(quoted(key)) for parameter '\(field)' supplied: Names may only contain alphanumerics, "
                    + "underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).",
                target: field)
        }
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.contains("."), !parts.contains(".."), !parts.contains("") else {
            throw Problem(
                .invalidInput,
                "Invalid value \(quoted(key)) for parameter '\(field)' supplied: Names may be treated as files in certain cases, "
                    + "and must not resolve to other names when treated as such.",
                target: field)
        }
    }

    /// Whether a key is right beyond doubt: the quick answer for nearly all keys.
    private static func isPlain(_ key: String) -> Bool {
        guard 1...keyLength ~= key.utf8.count else { return false }
        // Bytes since the last slash, and whether all of them are dots.
        var (length, areDots) = (0, true)
        for byte in key.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: " "):
                (length, areDots) = (length + 1, false)
            case UInt8(ascii: "."): length += 1
            case UInt8(ascii: "/"):
                guard length > 0, !areDots else { return false }
                (length, areDots) = (0, true)
            default: return false
            }
        }
        return length > 0 && !areDots
    }

    package static func check(value: String, field: String, limit: Int) throws(Problem) {
        if value.utf8.count <= limit { return }
        guard value.count <= limit else {
            throw Problem(
                .invalidInput, "'\(field)' exceeds the maximum length of \(limit) characters: it has \(value.count)", target: field)
        }
    }

    /// A key of an experiment, registered model, model version or logged model: anything up to 250 characters.
    package static func check(freeKey key: String, field: String) throws(Problem) {
        guard !key.isEmpty else { throw missing(field) }
        try check(value: key, field: field, limit: keyLength)
        guard !key.unicodeScalars.contains("\0") else { throw Problem(.invalidInput, "'\(field)' holds a zero byte", target: field) }
    }

    package static func check(metrics: [MetricRecord], path: String = "metrics") throws(Problem) {
        for (index, metric) in metrics.enumerated() { try check(key: metric.key, field: "\(path)[\(index)].key") }
    }

    package static func checkKeys(_ labels: [LabelRecord], path: String) throws(Problem) {
        for (index, label) in labels.enumerated() { try check(key: label.key, field: "\(path)[\(index)].key") }
    }

    /// Tags of a run that must be right as they are.
    package static func check(tags: [LabelRecord], path: String = "tags") throws(Problem) {
        try checkKeys(tags, path: path)
        for (index, tag) in tags.enumerated() { try check(value: tag.value, field: "\(path)[\(index)].value", limit: tagLength) }
    }

    /// Values cut to `length` characters.
    static func cut(_ labels: [LabelRecord], at length: Int) -> [LabelRecord] {
        labels.map { $0.value.utf8.count <= length ? $0 : LabelRecord($0.key, String($0.value.prefix(length))) }
    }

    package static func check(freeTags tags: [LabelRecord], limit: Int, path: String = "tags") throws(Problem) {
        for (index, tag) in tags.enumerated() {
            try check(freeKey: tag.key, field: "\(path)[\(index)].key")
            try check(value: tag.value, field: "\(path)[\(index)].value", limit: limit)
        }
    }

    package static func missing(_ field: String) -> Problem {
        Problem(
            .invalidInput,
            "Missing value for required parameter '\(field)'. See the API docs for more information about request parameters.",
            target: field)
    }

    /// The value as JSON, cut at a length that fits a message.
    package static func quoted(_ text: String) -> String { JSON.string(String(text.prefix(200))).text() }
}
