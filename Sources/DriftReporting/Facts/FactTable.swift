/// What is known of a set of pictures: one row a picture, whether it comes from a training set or from production. Signals
/// compare two of these and do not know where either came from.
package struct FactTable: Sendable, Hashable {
    /// One picture, or one request.
    package struct Row: Sendable, Hashable {
        /// The file name, or the request's id.
        package var name: String
        /// ISO 8601, of a request.
        package var time: String?
        /// By the names of `AllFacts`; finite. Empty when nothing could be measured.
        package var facts: [String: Double]
        /// What is seen in it; `nil` when nobody looked, which is not the same as nothing seen.
        package var objects: [SeenObject]?

        package init(name: String, time: String? = nil, facts: [String: Double], objects: [SeenObject]? = nil) {
            self.name = name
            self.time = time
            self.facts = facts.filter { Self.isUsable($0.value) }
            self.objects = objects
        }

        /// Numbers beyond this are no facts about a picture, and their squares would overflow.
        static func isUsable(_ value: Double) -> Bool { abs(value) < 1e15 }
    }

    /// One object that a person labelled or a model claims to see.
    package struct SeenObject: Sendable, Hashable {
        package var category: String
        /// Confidence, 0 to 1; `nil` for labels.
        package var score: Double?
        /// The box's share of the picture's area, 0 to 1.
        package var areaShare: Double?

        package init(category: String, score: Double? = nil, areaShare: Double? = nil) {
            self.category = category
            self.score = score.flatMap { $0.isFinite ? $0 : nil }
            self.areaShare = areaShare.flatMap { $0.isFinite ? $0 : nil }
        }
    }

    /// Who says what is seen in the pictures.
    package enum ObjectSource: String, Sendable, Hashable, Codable {
        case labels
        case model
        case none
    }

    package var rows: [Row]
    package var objectSource: ObjectSource
    /// Requests that were answered with an error, which are not rows.
    package var failedRequests: Int
    /// What a reader of the report should know, a sentence each.
    package var notes: [String]

    package init(rows: [Row], objectSource: ObjectSource = .none, failedRequests: Int = 0, notes: [String] = []) {
        self.rows = rows
        self.objectSource = objectSource
        self.failedRequests = failedRequests
        self.notes = notes
    }

    /// The facts that any row has, sorted.
    package var factNames: [String] { Set(rows.flatMap(\.facts.keys)).sorted() }
}
