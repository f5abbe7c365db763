/// What went wrong, said once and translated by each façade: a stable code, a sentence a person can act on, the field
/// or file it is about, and the problems beneath it.
package struct Problem: Error, Sendable, Hashable {
    /// The kinds of failure the house knows. Façades own the table from these to their wire (status and error code).
    package enum Code: String, Sendable, CaseIterable, Codable {
        /// The request or document is not valid; the caller must change it.
        case invalidInput
        /// A part of Azure ML that Martlet does not offer.
        case unsupported
        case unauthenticated
        case forbidden
        case notFound
        /// The name is taken, or the state does not allow this now.
        case conflict
        case preconditionFailed
        case methodNotAllowed
        case tooLarge
        case tooManyRequests
        /// A user's code behind an endpoint failed.
        case userCodeFailed
        case timeout
        case unavailable
        case outOfSpace
        /// A fault of Martlet itself.
        case internalFault
    }

    /// Where in a document the problem stands; lines and columns count from 1.
    package struct Location: Sendable, Hashable, Codable {
        package var file: String?
        package var line: Int
        package var column: Int

        package init(file: String? = nil, line: Int, column: Int) {
            self.file = file
            self.line = line
            self.column = column
        }
    }

    package var code: Code
    /// What is wrong, why, and what to do next; lower-case, no trailing stop.
    package var message: String
    /// The field path or resource the problem is about.
    package var target: String?
    package var location: Location?
    package var details: [Problem]

    package init(_ code: Code, _ message: String, target: String? = nil, location: Location? = nil, details: [Problem] = []) {
        self.code = code
        self.message = message
        self.target = target
        self.location = location
        self.details = details
    }

    /// One problem for several: the problem itself when there is one, else a summary that carries them all.
    package static func joining(_ problems: [Problem], about subject: String) -> Problem {
        if problems.count == 1 { return problems[0] }
        return Problem(problems.first?.code ?? .invalidInput, "\(subject) has \(problems.count) problems", details: problems)
    }
}

extension Problem: CustomStringConvertible {
    /// `file:line:column: message (target)`, one line per detail beneath.
    package var description: String {
        var text = ""
        if let location {
            text += "\(location.file ?? "<input>"):\(location.line):\(location.column): "
        }
        text += message
        if let target, location == nil, !message.contains(target) { text += " (\(target))" }
        for detail in details { text += "\n  " + detail.description }
        return text
    }
}
