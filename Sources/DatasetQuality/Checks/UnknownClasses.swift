import DatasetFormats
import Detection

/// Classes that are not in the list.
enum UnknownClasses: QualityCheck {
    static let name = "unknown-classes"
    static let title = "Objects of classes that are not listed"

    static func findings(in survey: DatasetSurvey, settings: QualitySettings) -> [Finding] {
        survey.issues.filter { $0.subject == .category }.map { issue in
            Finding(
                .error, file: issue.file, line: issue.line, "\(issue.message.asSentence) List the class or correct the label.",
                images: issue.image.map { [$0] } ?? [], boxes: issue.box.map { [$0] } ?? [])
        }
    }
}
