package import Resources

/// A trace without its spans. Times in milliseconds, `startedAt` since 1970.
package struct TraceRecord: Sendable, Hashable {
    /// Row number; 0 before it is stored.
    package var sequence: Int64 = 0
    package var id: String
    package var experimentID: Int64 = 0
    package var startedAt: Int64
    package var duration: Int64?
    /// `OK`, `ERROR`, `IN_PROGRESS` or `STATE_UNSPECIFIED`.
    package var state: String
    package var clientRequestID: String?
    package var requestPreview: String?
    package var responsePreview: String?
    /// Whether a client has described the trace itself; what its spans say then changes nothing more.
    package var isDescribed: Bool
    package var tags: [LabelRecord] = []
    package var metadata: [LabelRecord] = []
    /// What was said of the trace, each in MLflow's own form.
    package var assessments: [JSON] = []

    package init(id: String, startedAt: Int64, duration: Int64? = nil, state: String, isDescribed: Bool) {
        self.id = id
        self.startedAt = startedAt
        self.duration = duration
        self.state = state
        self.isDescribed = isDescribed
    }
}

/// One step within a trace.
package struct SpanRecord: Sendable, Hashable {
    package var id: String
    /// Nanoseconds since 1970.
    package var startedAt: Int64
    /// OpenTelemetry's span in protobuf's JSON.
    package var content: JSON

    package init(id: String, startedAt: Int64, content: JSON) {
        self.id = id
        self.startedAt = startedAt
        self.content = content
    }
}
