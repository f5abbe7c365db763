package import NIOCore

/// A client's request to an endpoint, already authenticated and read.
package struct ScoringCall: Sendable {
    /// Made by the gateway, unique.
    package var requestID: String
    package var method: String
    /// `/score` or `/swagger.json`.
    package var path: String
    /// Without the question mark.
    package var query: String
    /// For the worker: names in lower case.
    package var headers: [(name: String, value: String)]
    package var body: ByteBuffer
    /// Asked for by name (`azureml-model-deployment`): past the traffic rules, and never mirrored.
    package var deployment: String?

    package init(
        requestID: String, method: String, path: String, query: String = "", headers: [(name: String, value: String)] = [],
        body: ByteBuffer = ByteBuffer(), deployment: String? = nil
    ) {
        self.requestID = requestID
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.deployment = deployment
    }
}

/// What came of it.
package struct ScoringAnswer: Sendable {
    /// Who answered.
    package var deployment: String
    package var reply: WorkerReply

    package init(deployment: String, reply: WorkerReply) {
        self.deployment = deployment
        self.reply = reply
    }
}
