package import NIOCore
package import Resources

/// One HTTP request on its way to a worker.
package struct WorkerRequest: Sendable {
    package enum Kind: String, Sendable {
        /// Run the model on the body.
        case score
        /// Answer 200 when able to work.
        case health
    }

    package var id: String
    package var kind: Kind
    package var method: String
    /// As the worker knows it: `/score`, `/swagger.json`.
    package var path: String
    /// Without the question mark.
    package var query: String
    /// Names in lower case.
    package var headers: [(name: String, value: String)]
    package var body: ByteBuffer

    package init(
        id: String, kind: Kind = .score, method: String = "POST", path: String = "/score", query: String = "",
        headers: [(name: String, value: String)] = [], body: ByteBuffer = ByteBuffer()
    ) {
        self.id = id
        self.kind = kind
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }
}

/// What the worker answered: an HTTP response and notes for the collector.
package struct WorkerReply: Sendable {
    package var status: Int
    /// In the worker's spelling.
    package var headers: [(name: String, value: String)]
    /// Whether the model's own code failed.
    package var failed: Bool
    /// Milliseconds spent inside the worker.
    package var milliseconds: Double
    /// What a native worker measured on the pictures and, where the body does not say it, saw
    /// (`{"images": [{"image": {…}, "detections": […]}]}`).
    package var facts: JSON?
    package var body: ByteBuffer

    package init(
        status: Int, headers: [(name: String, value: String)] = [], failed: Bool = false, milliseconds: Double = 0, facts: JSON? = nil,
        body: ByteBuffer = ByteBuffer()
    ) {
        self.status = status
        self.headers = headers
        self.failed = failed
        self.milliseconds = milliseconds
        self.facts = facts
        self.body = body
    }
}

/// Why a worker gave no answer.
package enum WorkerFailure: Error, Sendable, Hashable {
    /// The request's time was over.
    case timedOut
    /// The worker's process ended, or hung up.
    case died
    /// The worker sent something that is no answer; the text says what.
    case nonsense(String)
    /// The request's headers do not fit a frame.
    case headersTooLong
}
