import Resources

extension Problem {
    /// The problem that a reply outside 200…299 states: ARM's error envelope, or the bare text.
    init(status: Int, body: [UInt8]) {
        let code = Code(status: status)
        guard let reply = try? JSON(parsing: body), reply.objectValue != nil else {
            let text = String(decoding: body.prefix(2000), as: UTF8.self)
            self.init(code, text.isEmpty ? "the server answered with status \(status)" : text)
            return
        }
        self.init(envelope: reply["error"] ?? reply, code: code)
    }

    /// ARM's `{code, message, target, details}`.
    init(envelope: JSON, code: Code) {
        if let text = envelope.stringValue {
            self.init(code, text)
            return
        }
        let details = envelope["details"]?.arrayValue ?? []
        self.init(
            code, envelope["message"]?.stringValue ?? envelope["code"]?.stringValue ?? "the server gave no reason",
            target: envelope["target"]?.stringValue, details: details.map { Problem(envelope: $0, code: code) })
    }
}

extension Problem.Code {
    fileprivate init(status: Int) {
        self =
            switch status {
            case 401: .unauthenticated
            case 403: .forbidden
            case 404: .notFound
            case 405: .methodNotAllowed
            case 408, 504: .timeout
            case 409: .conflict
            case 412: .preconditionFailed
            case 413: .tooLarge
            case 424: .userCodeFailed
            case 429: .tooManyRequests
            case 501: .unsupported
            case 502, 503: .unavailable
            case 507: .outOfSpace
            case 400..<500: .invalidInput
            default: .internalFault
            }
    }
}
