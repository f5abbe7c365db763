package import Resources

extension Job {
    static var sweepShape: Shape {
        Shape(
            "A command that runs many times with different parameters.", constants: ["properties.jobType": "Sweep"],
            fields: commonFields + [
                Field(
                    "trial", .shape(Shape("What each trial runs.", fields: runFields(""))), "properties.trial", required: true,
                    "What each trial runs.")
            ] + sweepFields(.camel, "properties."))
    }

    /// What varies, what is best and when to stop: of a sweep job in camelCase, of a sweep step in snake_case.
    static func sweepFields(_ wire: JobParts.Wire, _ base: String) -> [Field] {
        let goals = wire == .camel ? [Choice("minimize", "Minimize"), Choice("maximize", "Maximize")] : ["minimize", "maximize"]
        // Steps keep the document's numbers of seconds.
        let seconds: FieldType = wire == .camel ? .seconds : .integer(0...1_000_000_000)
        return [
            Field(
                "search_space", .map(.custom(wire == .camel ? parameter : stepParameter)), base + wire.name("searchSpace"), required: true,
                "Parameter to how it varies."),
            Field(
                "objective",
                .shape(
                    Shape(
                        "What is best.",
                        fields: [
                            Field("goal", .choice(goals), "goal", required: true, "minimize or maximize."),
                            Field("primary_metric", .text, wire.name("primaryMetric"), required: true, "Metric that trials log."),
                        ])), base + "objective", required: true, "What is best."),
            Field(
                "sampling_algorithm", .custom(wire == .camel ? sampling : stepSampling), base + wire.name("samplingAlgorithm"),
                default: wire == .camel ? ["samplingAlgorithmType": "Random"] : "random", "How parameters are chosen."),
            Field(
                "limits",
                .shape(
                    Shape(
                        "Bounds of a sweep.", constants: [wire.name("jobLimitsType"): "Sweep"],
                        fields: [
                            Field("max_total_trials", .integer(1...100_000), wire.name("maxTotalTrials"), "Trials in all."),
                            Field("max_concurrent_trials", .integer(1...1000), wire.name("maxConcurrentTrials"), "Trials at once."),
                            Field("timeout", seconds, "timeout", "Seconds of the whole."),
                            Field("trial_timeout", seconds, wire.name("trialTimeout"), "Seconds of a trial."),
                        ])), base + "limits", "Bounds."),
            Field(
                "early_termination", .union(earlyTermination(wire)), base + wire.name("earlyTermination"), "When bad trials stop early."),
        ]
    }

    /// The properties of the sweep job that a sweep step means, but for its trial.
    package static func sweepProperties(ofStep step: JSON) throws(Problem) -> JSON {
        let face = Shape("A sweep.", fields: sweepFields(.snake, "")).print(step, Printing(workspace: nil))
        var reading = Reading(YAMLDocument(json: face), workspace: .standard)
        let properties = Shape("A sweep.", fields: sweepFields(.camel, "")).read(reading.document.root, &reading, .root)
        return try reading.draft(properties).body
    }

    private static func earlyTermination(_ wire: JobParts.Wire) -> Union {
        func shape(_ type: String, _ fields: [Field]) -> Shape {
            Shape(
                "When bad trials stop early.", constants: [wire.name("policyType"): .string(type)],
                fields: [
                    .dropped("type", "Policy."),
                    Field("evaluation_interval", .integer(0...1_000_000), wire.name("evaluationInterval"), "Every how many metrics."),
                    Field("delay_evaluation", .integer(0...1_000_000), wire.name("delayEvaluation"), "Metrics before the first check."),
                ] + fields)
        }
        return Union(
            by: "type",
            [
                "bandit": shape(
                    "Bandit",
                    [
                        Field("slack_factor", .number(0...1e9), wire.name("slackFactor"), "Allowed ratio to the best."),
                        Field("slack_amount", .number(0...1e9), wire.name("slackAmount"), "Allowed distance to the best."),
                    ]),
                "median_stopping": shape("MedianStopping", []),
                "truncation_selection": shape(
                    "TruncationSelection",
                    [
                        Field(
                            "truncation_percentage", .integer(1...99), wire.name("truncationPercentage"), required: true,
                            "Share of trials that stop."),
                        Field("exclude_finished_jobs", .boolean, wire.name("excludeFinishedJobs"), "Leave finished trials out."),
                    ]),
            ])
    }

    private static let algorithms: [Choice] = [Choice("random", "Random"), Choice("grid", "Grid"), Choice("bayesian", "Bayesian")]

    private static let sampling = CustomType(
        schema: ["type": ["string", "object"]],
        read: { node, reading, place in
            guard node.entries != nil else {
                return FieldType.choice(algorithms).read(node, &reading, place).map { ["samplingAlgorithmType": $0] }
            }
            return Shape(
                "How parameters are chosen.",
                fields: [
                    Field("type", .choice(algorithms), "samplingAlgorithmType", required: true, "Algorithm."),
                    Field("seed", .integer(0...Int64(Int32.max)), "seed", "Makes the choice repeatable."),
                    Field("rule", .choice([Choice("random", "Random"), Choice("sobol", "Sobol")]), "rule", "Kind of random sequence."),
                    Field("logbase", .any, "logbase", "Base of logarithmic parameters."),
                ]
            ).read(node, &reading, place)
        },
        print: { value, printing in
            guard let type = value["samplingAlgorithmType"], let name = FieldType.choice(algorithms).print(type, printing) else {
                return value
            }
            guard value["seed"] != nil || value["rule"] != nil else { return name }
            return value.filling([:]).renamed(["samplingAlgorithmType": "type"]).merging(["type": name])
        })

    /// As written in the document, checked.
    private static let stepSampling = CustomType(
        schema: sampling.schema(), read: { node, reading, place in sampling.read(node, &reading, place).map { _ in node.json } },
        print: { value, _ in value })
    private static let stepParameter = CustomType(
        schema: parameter.schema(), read: { node, reading, place in parameter.read(node, &reading, place).map { _ in node.json } },
        print: { value, _ in value })

    /// Type of a parameter to the keys of its numbers, in the order of the wire.
    static let distributions: [(type: String, keys: [String])] = [
        ("uniform", ["min_value", "max_value"]), ("loguniform", ["min_value", "max_value"]), ("quniform", ["min_value", "max_value", "q"]),
        ("qloguniform", ["min_value", "max_value", "q"]), ("normal", ["mu", "sigma"]), ("lognormal", ["mu", "sigma"]),
        ("qnormal", ["mu", "sigma", "q"]), ("qlognormal", ["mu", "sigma", "q"]), ("randint", ["upper"]),
    ]

    /// `{type: uniform, min_value: a, max_value: b}` to `["uniform", [a, b]]`.
    private static let parameter = CustomType(
        schema: ["type": "object", "required": ["type"]],
        read: { node, reading, place in
            guard node.entries != nil, let type = node["type"]?.text else {
                reading.mismatch(node, place, must: "a mapping with 'type', such as {type: uniform, min_value: 0, max_value: 1}")
                return nil
            }
            if type == "choice" {
                guard let values = node["values"]?.elements, !values.isEmpty else {
                    reading.refuse(node, "'\(place.target)' needs 'values': a list with something in it", place)
                    return nil
                }
                return ["choice", [.array(values.map(\.json))]]
            }
            guard let distribution = distributions.first(where: { $0.type == type }) else {
                let known = ["choice"] + distributions.map(\.type)
                reading.refuse(
                    node["type"] ?? node, "'\(place.target).type': '\(type)' is not allowed; allowed: \(known.joined(separator: ", "))",
                    place)
                return nil
            }
            let fields = distribution.keys.map { Field($0, .number, $0, required: true, "A number.") }
            let numbers = Shape("A parameter.", fields: [.dropped("type", "How it varies.")] + fields).read(node, &reading, place)
            return [.string(type), .array(distribution.keys.map { numbers[$0] ?? .null })]
        },
        print: { value, _ in
            guard let parts = value.arrayValue, parts.count == 2, let type = parts[0].stringValue, let numbers = parts[1].arrayValue else {
                return value
            }
            if type == "choice" { return ["type": "choice", "values": numbers.first ?? []] }
            var face: JSON = ["type": .string(type)]
            for (key, number) in zip(distributions.first { $0.type == type }?.keys ?? [], numbers) { face[key] = number }
            return face
        })
}

extension JSON {
    /// Members with other names.
    func renamed(_ names: [String: String]) -> JSON {
        .object(JSONObject((objectValue ?? [:]).map { (names[$0.key] ?? $0.key, $0.value) }))
    }
}
