import DatasetFormats
import Detection
import Imaging

/// Label files, records and objects that make no sense.
enum BrokenLabels: QualityCheck {
    static let name = "broken-labels"
    static let title = "Labels that cannot be read"

    static func findings(in survey: DatasetSurvey, settings: QualitySettings) -> [Finding] {
        var findings = survey.issues.filter { $0.subject == nil }.map { issue in
            Finding(
                issue.severity == .error ? .error : .warning, file: issue.file, line: issue.line,
                issue.message.asSentence + (issue.severity == .error ? " Correct the label." : ""), images: issue.image.map { [$0] } ?? [])
        }
        if survey.issueCount > survey.issues.count {
            findings.append(
                Finding(.error, file: survey.source, "There are \(survey.issueCount - survey.issues.count) more faults in the labels. Correct these first."))
        }
        return findings
    }
}
