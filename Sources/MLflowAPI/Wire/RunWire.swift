internal import MetadataStore
internal import Resources

/// Runs and metrics in MLflow's form, of which replies hold many.
extension MLflowScope {
    /// `{"run": …}`.
    func reply(_ detail: RunDetail) -> [UInt8] {
        var text = JSONText(capacity: 2048)
        text.raw("{\"run\":")
        write(detail, to: &text)
        text.raw("}")
        return text.bytes
    }

    /// `{"run_info": …}`.
    func reply(_ run: RunRecord) -> [UInt8] {
        var text = JSONText(capacity: 512)
        text.raw("{\"run_info\":")
        write(run, to: &text)
        text.raw("}")
        return text.bytes
    }

    /// `{"runs": […], "next_page_token": …}`.
    func reply(_ page: Page<RunDetail>) -> [UInt8] {
        var text = JSONText(capacity: 1024 * (page.items.count + 1))
        text.raw("{")
        if !page.items.isEmpty {
            text.raw("\"runs\":")
            text.list(page.items) { text, detail in write(detail, to: &text) }
        }
        if let token = page.nextToken {
            text.raw(page.items.isEmpty ? "\"next_page_token\":" : ",\"next_page_token\":")
            text.string(token)
        }
        text.raw("}")
        return text.bytes
    }

    private func write(_ detail: RunDetail, to text: inout JSONText) {
        text.raw("{\"info\":")
        write(detail.run, to: &text)
        text.raw(",\"data\":{")
        var isFirst = true
        func name(_ name: StaticString) {
            if !isFirst { text.raw(",") }
            isFirst = false
            text.raw(name)
        }
        if !detail.metrics.isEmpty {
            name("\"metrics\":")
            text.list(detail.metrics) { text, point in text.metric(point) }
        }
        for (title, labels) in [("\"params\":" as StaticString, detail.parameters), ("\"tags\":", detail.tags)] where !labels.isEmpty {
            name(title)
            text.list(labels) { text, label in text.label(label) }
        }
        text.raw("},\"inputs\":")
        var inputs: JSON = [:]
        inputs.set("dataset_inputs", detail.datasets.map(\.json))
        inputs.set("model_inputs", detail.models.filter { !$0.isOutput }.map { ["model_id": .string($0.model)] })
        text.json(inputs)
        text.raw(",\"outputs\":")
        var outputs: JSON = [:]
        outputs.set("model_outputs", detail.models.filter(\.isOutput).map { ["model_id": .string($0.model), "step": .integer($0.step)] })
        text.json(outputs)
        text.raw("}")
    }

    private func write(_ run: RunRecord, to text: inout JSONText) {
        text.raw("{\"run_uuid\":")
        text.string(run.id)
        text.raw(",\"run_id\":")
        text.string(run.id)
        text.raw(",\"run_name\":")
        text.string(run.name)
        text.raw(",\"experiment_id\":\"")
        text.integer(run.experimentID)
        text.raw("\",\"user_id\":")
        text.string(run.userID)
        text.raw(",\"status\":")
        text.string(run.status.rawValue)
        text.raw(",\"start_time\":")
        text.integer(run.startTime)
        text.raw(",\"artifact_uri\":")
        text.string(uri(of: run))
        text.raw(",\"lifecycle_stage\":")
        text.string(run.lifecycle.rawValue)
        if let end = run.endTime {
            text.raw(",\"end_time\":")
            text.integer(end)
        }
        text.raw("}")
    }
}

extension JSONText {
    mutating func metric(_ point: MetricRecord, run: String? = nil) {
        raw("{\"key\":")
        string(point.key)
        raw(",\"value\":")
        number(point.value)
        raw(",\"timestamp\":")
        integer(point.timestamp)
        raw(",\"step\":")
        integer(point.step)
        if let run {
            raw(",\"run_id\":")
            string(run)
        }
        raw("}")
    }

    mutating func label(_ label: LabelRecord) {
        raw("{\"key\":")
        string(label.key)
        raw(",\"value\":")
        string(label.value)
        raw("}")
    }
}
