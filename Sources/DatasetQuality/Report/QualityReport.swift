/// What the checks found.
package struct QualityReport: Sendable, Hashable, Codable {
    /// What one check found.
    package struct Outcome: Sendable, Hashable, Codable {
        package var check: String
        package var title: String
        /// All there are, by severity.
        package var errors: Int
        package var warnings: Int
        package var notes: Int
        /// A bounded number of them.
        package var findings: [Finding]

        package var count: Int { errors + warnings + notes }
        /// The gravest there is; nil where nothing was found.
        package var severity: Severity? { errors > 0 ? .error : warnings > 0 ? .warning : notes > 0 ? .note : nil }
    }

    /// As many findings of a check as are kept.
    package static let limit = 1_000

    package var source: String
    package var format: String
    package var images: Int
    package var objects: Int
    package var classes: [String]
    package var outcomes: [Outcome]
    package var errors: Int
    package var warnings: Int
    package var notes: Int

    package init(_ survey: DatasetSurvey, settings: QualitySettings = QualitySettings(), checks: [any QualityCheck.Type] = AllChecks.all) {
        source = survey.source
        format = survey.format
        images = survey.images.count
        objects = survey.objectCount
        classes = survey.categories
        outcomes = checks.map { check in
            let found = check.findings(in: survey, settings: settings)
            func count(_ severity: Severity) -> Int { found.count { $0.severity == severity } }
            return Outcome(
                check: check.name, title: check.title, errors: count(.error), warnings: count(.warning), notes: count(.note),
                findings: Array(found.prefix(Self.limit)))
        }
        errors = outcomes.reduce(0) { $0 + $1.errors }
        warnings = outcomes.reduce(0) { $0 + $1.warnings }
        notes = outcomes.reduce(0) { $0 + $1.notes }
    }

    /// 1 with errors, or with warnings where these are not let through; else 0.
    package func exitCode(strict: Bool) -> Int32 { errors > 0 || (strict && warnings > 0) ? 1 : 0 }

    /// The verdict in a sentence.
    package var headline: String {
        guard errors + warnings + notes > 0 else { return "Nothing was found in \(images) images with \(objects) objects." }
        func counted(_ number: Int, _ word: String) -> String? { number == 0 ? nil : "\(number) \(word)\(number == 1 ? "" : "s")" }
        let parts = [counted(errors, "error"), counted(warnings, "warning"), counted(notes, "note")].compactMap { $0 }
        return "\(parts.joined(separator: ", ")) in \(images) images with \(objects) objects."
    }

    /// For a terminal: the first findings of every check.
    package func text(limit: Int = 5) -> String {
        var lines: [String] = []
        for outcome in outcomes where outcome.count > 0 {
            lines.append("\(outcome.title) (\(outcome.check)): \(outcome.count)")
            for finding in outcome.findings.prefix(limit) {
                lines.append("  \(finding.severity.rawValue): \(finding.file)\(finding.line.map { ":\($0)" } ?? ""): \(finding.message)")
            }
            if outcome.count > limit { lines.append("  … and \(outcome.count - limit) more (-o json, --html)") }
        }
        let silent = outcomes.filter { $0.count == 0 }.map(\.check)
        if !silent.isEmpty { lines.append("nothing found by: \(silent.joined(separator: ", "))") }
        return (lines + [headline]).joined(separator: "\n")
    }
}
