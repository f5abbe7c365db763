/// What the search text of one noun may speak about.
package struct SearchVocabulary: Sendable {
    /// What may stand before the dot.
    enum Entity: String, Sendable {
        case attribute, metric, parameter, tag, dataset
    }

    struct Attribute: Sendable {
        /// The name the store knows.
        var name: String
        var isNumeric = false
        /// Whether `IN (…)` is understood.
        var takesLists = false
        /// Whether it may be filtered by, not only ordered by.
        var isFilter = true
    }

    let entities: [String: Entity]
    let attributes: [String: Attribute]

    private init(
        entities: [Entity], attributes: [Attribute], aliases: [String: String] = [:], spellings others: [Entity: [String]] = [:]
    ) {
        let standard: [Entity: [String]] = [
            .attribute: ["attribute", "attributes", "attr", "run"], .metric: ["metric", "metrics"], .dataset: ["dataset", "datasets"],
            .parameter: ["param", "params", "parameter", "parameters"], .tag: ["tag", "tags"],
        ]
        let spellings = standard.merging(others) { _, other in other }
        self.entities = Dictionary(
            entities.flatMap { entity in (spellings[entity] ?? []).map { ($0, entity) } }, uniquingKeysWith: { first, _ in first })
        var named = Dictionary(attributes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for (alias, name) in aliases { named[alias] = named[name] }
        self.attributes = named
    }

    package static let runs = SearchVocabulary(
        entities: [.attribute, .metric, .parameter, .tag, .dataset],
        attributes: [
            .init(name: "run_id", takesLists: true), .init(name: "run_name"), .init(name: "user_id"), .init(name: "status"),
            .init(name: "artifact_uri"), .init(name: "start_time", isNumeric: true), .init(name: "end_time", isNumeric: true),
            .init(name: "experiment_id", isFilter: false),
        ],
        aliases: [
            "run name": "run_name", "Run name": "run_name", "Run Name": "run_name", "created": "start_time", "Created": "start_time",
            "user id": "user_id", "User": "user_id", "start time": "start_time", "Start Time": "start_time",
        ])

    package static let experiments = SearchVocabulary(
        entities: [.attribute, .tag],
        attributes: [
            .init(name: "name"), .init(name: "experiment_id"), .init(name: "creation_time", isNumeric: true),
            .init(name: "last_update_time", isNumeric: true),
        ])

    package static let loggedModels = SearchVocabulary(
        entities: [.attribute, .metric, .parameter, .tag],
        attributes: [
            .init(name: "name"), .init(name: "model_id", takesLists: true), .init(name: "model_type"), .init(name: "status"),
            .init(name: "source_run_id", takesLists: true), .init(name: "creation_timestamp", isNumeric: true),
            .init(name: "last_updated_timestamp", isNumeric: true),
        ],
        aliases: ["creation_time": "creation_timestamp", "last_updated_time": "last_updated_timestamp"])

    package static let registeredModels = SearchVocabulary(
        entities: [.attribute, .tag],
        attributes: [
            .init(name: "name", takesLists: true), .init(name: "creation_timestamp", isNumeric: true, isFilter: false),
            .init(name: "last_updated_timestamp", isNumeric: true, isFilter: false),
        ],
        aliases: ["timestamp": "last_updated_timestamp"])

    package static let modelVersions = SearchVocabulary(
        entities: [.attribute, .tag],
        attributes: [
            .init(name: "name", takesLists: true), .init(name: "version_number", isNumeric: true), .init(name: "run_id", takesLists: true),
            .init(name: "source_path"), .init(name: "creation_timestamp", isNumeric: true, isFilter: false),
            .init(name: "last_updated_timestamp", isNumeric: true, isFilter: false),
        ],
        aliases: ["version": "version_number", "timestamp": "last_updated_timestamp"])

    /// A trace's metadata takes the place of parameters.
    package static let traces = SearchVocabulary(
        entities: [.attribute, .tag, .parameter],
        attributes: [
            .init(name: "request_id", takesLists: true), .init(name: "timestamp_ms", isNumeric: true),
            .init(name: "execution_time_ms", isNumeric: true), .init(name: "end_time_ms", isNumeric: true),
            .init(name: "status", takesLists: true), .init(name: "client_request_id", takesLists: true), .init(name: "name", takesLists: true),
            .init(name: "run_id", takesLists: true), .init(name: "text"), .init(name: "experiment_id", isFilter: false),
        ],
        aliases: [
            "trace_id": "request_id", "timestamp": "timestamp_ms", "execution_time": "execution_time_ms", "end_time": "end_time_ms",
            "state": "status",
        ],
        spellings: [
            .attribute: ["attribute", "attributes", "attr", "trace"], .parameter: ["metadata", "request_metadata", "trace_metadata"],
        ])
}
