import DatasetFormats
import Detection
import Imaging

/// Boxes outside their image, without an area, or too small to show anything.
enum FaultyBoxes: QualityCheck {
    static let name = "faulty-boxes"
    static let title = "Boxes outside the image or without an area"

    static func findings(in survey: DatasetSurvey, settings: QualitySettings) -> [Finding] {
        let faulty = survey.issues.filter { $0.subject == .box }.map { issue in
            Finding(
                issue.severity == .error ? .error : .warning, file: issue.file, line: issue.line, "\(issue.message.asSentence) Draw the box anew.",
                images: issue.image.map { [$0] } ?? [], boxes: issue.box.map { [$0] } ?? [])
        }
        let tiny = survey.images.flatMap { image in
            (image.labels?.objects ?? []).filter { min($0.box.width, $0.box.height) < settings.leastSide }.map { object in
                Finding(
                    .warning, file: image.name,
                    "A box of \(survey.categories[object.category]) is \(object.box.width.short) × \(object.box.height.short) pixels, most likely a click that slipped. Remove it or draw it anew.",
                    images: [image.name], boxes: [object.box])
            }
        }
        return faulty + tiny
    }
}
