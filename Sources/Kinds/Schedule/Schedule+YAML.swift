package import Resources

extension Schedule {
    package static var face: Union {
        Union(
            by: "$kind", default: "schedule",
            [
                "schedule": Shape(
                    "A schedule.",
                    fields: [
                        .name(.assetName, required: true, "Name of the schedule."),
                        Field("display_name", .string, "properties.displayName", "Name that people read."),
                        Field("description", .string, "properties.description", "What it does."),
                        Field("tags", .textMap, "properties.tags", "Free labels."),
                        Field("properties", .textMap, "properties.properties", "Free facts."),
                        Field("is_enabled", .boolean, "properties.isEnabled", default: true, "Whether it fires."),
                        Field("trigger", .union(trigger), "properties.trigger", required: true, "When."),
                        Field(
                            "create_job", .custom(createJob), "properties.action",
                            "The job to submit: a file, azureml:NAME of a job, or a job itself."),
                        Field("create_monitor", .custom(createMonitor), "properties.action", "The monitor to run."),
                        .dropped("import_data", "Not offered."),
                    ] + Field.common)
            ])
    }

    private static let trigger: Union = {
        let common: [Field] = [
            .dropped("type", "Kind of trigger."),
            Field("start_time", .text, "startTime", "Not before."), Field("end_time", .text, "endTime", "Not after."),
            Field("time_zone", .text, "timeZone", default: "UTC", "Time zone, by a Windows or IANA name."),
        ]
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map {
            Choice($0, $0.prefix(1).uppercased() + $0.dropFirst())
        }
        let times = Shape(
            "Times within the frequency.",
            fields: [
                Field("hours", .custom(numbers(0...23)), "hours", required: true, "Hours of the day."),
                Field("minutes", .custom(numbers(0...59)), "minutes", required: true, "Minutes of the hour."),
                Field("week_days", .list(.choice(days)), "weekDays", "Days of the week."),
                Field("month_days", .custom(numbers(1...31)), "monthDays", "Days of the month."),
            ])
        return Union(
            by: "type",
            [
                "cron": Shape(
                    "A cron expression.", constants: ["triggerType": "Cron"],
                    fields: common + [
                        Field(
                            "expression", .custom(cronExpression), "expression", required: true,
                            "Minute, hour, day, month, day of the week.")
                    ]),
                "recurrence": Shape(
                    "Every so often.", constants: ["triggerType": "Recurrence"],
                    fields: common + [
                        Field(
                            "frequency",
                            .choice(
                                ["minute", "hour", "day", "week", "month"].map { Choice($0, $0.prefix(1).uppercased() + $0.dropFirst()) }),
                            "frequency", required: true, "Unit of the interval."),
                        Field("interval", .integer(1...1000), "interval", required: true, "Every how many."),
                        Field("schedule", .shape(times), "schedule", "Times within the frequency."),
                    ]),
            ])
    }()

    /// One number or a list of them.
    private static func numbers(_ range: ClosedRange<Int64>) -> CustomType {
        CustomType(
            schema: ["type": ["integer", "array"]],
            read: { node, reading, place in
                guard node.elements != nil else { return FieldType.integer(range).read(node, &reading, place).map { [$0] } }
                return FieldType.list(.integer(range)).read(node, &reading, place)
            },
            print: { value, _ in value })
    }

    private static let cronExpression = CustomType(
        schema: ["type": "string"],
        read: { node, reading, place in
            guard let text = node.text else {
                reading.mismatch(node, place, must: "a cron expression of five fields")
                return nil
            }
            if let fault = CronFields.fault(in: text) {
                reading.refuse(node, "'\(place.target)': \(fault)", place)
                return nil
            }
            return .string(text)
        },
        print: { value, _ in value })

    package static func complete(_ body: inout JSON, node: YAMLNode, reading: inout Reading) {
        switch (node["create_job"], node["create_monitor"]) {
        case (nil, nil): reading.refuse(node, "a schedule needs 'create_job' or 'create_monitor'", Place(target: "create_job", pointer: []))
        case (_?, let monitor?):
            reading.refuse(
                monitor, "'create_monitor' and 'create_job' exclude each other; keep one", Place(target: "create_monitor", pointer: []))
        default: break
        }
    }

    // MARK: create_job

    private static let createJob = CustomType(
        schema: ["type": ["string", "object"]],
        read: { node, reading, place in
            guard let (document, overrides) = source(node, &reading, place) else {
                guard let text = (node.text ?? node["job"]?.text), case .bare(let name) = AssetReference(text) else { return nil }
                let id = ResourceID(workspace: reading.workspace, kind: "jobs", name: name)
                return ["actionType": "CreateJob", "jobDefinition": ["jobType": "Pipeline", "sourceJobId": .string(id.path)]]
            }
            var merged = document
            for entry in overrides { merged.lay(entry) }
            guard let draft = Job.nested(merged, in: &reading) else { return nil }
            let base = place.pointer + ["jobDefinition"]
            reading.uploads += draft.uploads.map { LocalUpload(purpose: $0.purpose, path: $0.path, pointer: base + $0.pointer.dropFirst()) }
            reading.inlineAssets += draft.inlineAssets.map {
                InlineAsset(kind: $0.kind, draft: $0.draft, pointer: base + $0.pointer.dropFirst())
            }
            return ["actionType": "CreateJob", "jobDefinition": draft.body["properties"] ?? [:]]
        },
        print: { value, printing in
            guard value["actionType"]?.stringValue == "CreateJob", let job = value["jobDefinition"] else { return nil }
            if let source = job["sourceJobId"]?.stringValue { return .string(printing.short(source)) }
            var face = Job.face.print(["properties": job], printing)
            Job.finish(&face, arm: ["properties": job], printing: printing)
            return face
        })

    /// The job's document and the keys that the schedule lays over it; `nil` for a job on the server, or after a problem.
    private static func source(_ node: YAMLNode, _ reading: inout Reading, _ place: Place) -> (YAMLDocument, [YAMLNode.Entry])? {
        var overrides: [YAMLNode.Entry] = []
        var reference = node
        if let entries = node.entries {
            guard let job = node["job"] else { return (reading.document.part(node), []) }
            reference = job
            overrides = entries.filter { $0.key != "job" && $0.key != "type" }
        }
        guard let text = reference.text else {
            reading.mismatch(reference, place, must: "a job file, azureml:NAME of a job, or a job itself")
            return nil
        }
        if case .bare = AssetReference(text) {
            if !overrides.isEmpty {
                reading.refuse(
                    node, "'\(place.target)': settings over a job of the server are not offered by Martlet; name the job's file", place,
                    code: .unsupported)
            }
            return nil
        }
        guard let path = reading.existing(text.hasPrefix("file:") ? String(text.dropFirst(5)) : text, reference, place) else { return nil }
        do throws(Problem) {
            return (try YAMLDocument(contentsOfFile: path), overrides)
        } catch {
            reading.problems.append(error)
            return nil
        }
    }
}

extension YAMLDocument {
    /// Lays one key over the document; mappings are merged one level deep, as the settings of a schedule are.
    mutating func lay(_ entry: YAMLNode.Entry) {
        var node = root
        node.lay(entry, depth: 1)
        self = replacing(root: node)
    }
}

extension YAMLNode {
    fileprivate mutating func lay(_ entry: Entry, depth: Int) {
        guard var entries else { return }
        if let index = entries.firstIndex(where: { $0.key == entry.key }) {
            if depth > 0, entries[index].value.entries != nil, let inner = entry.value.entries {
                for entry in inner { entries[index].value.lay(entry, depth: depth - 1) }
            } else {
                entries[index] = entry
            }
        } else {
            entries.append(entry)
        }
        content = .map(entries)
    }
}
