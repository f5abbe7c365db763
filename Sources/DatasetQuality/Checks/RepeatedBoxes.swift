import Detection

/// The same object marked twice.
enum RepeatedBoxes: QualityCheck {
    static let name = "repeated-boxes"
    static let title = "Objects that are marked twice"

    static func findings(in survey: DatasetSurvey, settings: QualitySettings) -> [Finding] {
        survey.images.flatMap { image in
            let objects = (image.labels?.objects ?? []).filter { !$0.isCrowd }.sorted { $0.box.xMin < $1.box.xMin }
            var findings: [Finding] = []
            for (index, object) in objects.enumerated() {
                for other in objects[(index + 1)...] {
                    if other.box.xMin >= object.box.xMax { break }
                    guard object.category == other.category, object.box.intersectionOverUnion(with: other.box) >= settings.repeatedOverlap else { continue }
                    findings.append(
                        Finding(
                            .warning, file: image.name,
                            "Two boxes of \(survey.categories[object.category]) cover the same place (overlap \(object.box.intersectionOverUnion(with: other.box).short)). Remove one.",
                            images: [image.name], boxes: [object.box, other.box]))
                }
            }
            return findings
        }
    }
}
