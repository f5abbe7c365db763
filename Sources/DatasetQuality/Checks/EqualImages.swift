import Detection

/// Files with the same bytes.
enum EqualImages: QualityCheck {
    static let name = "equal-images"
    static let title = "Images that are there more than once"

    static func findings(in survey: DatasetSurvey, settings: QualitySettings) -> [Finding] {
        survey.duplicates.exact.map { members in
            let images = members.map { survey.images[$0] }
            let labels = images.map { Set($0.labels?.objects ?? []) }
            let disagree = labels.contains { $0 != labels[0] } ? ", with labels that differ" : ""
            return Finding(
                .warning, file: images[0].name, "The same file is also \(images.dropFirst().map(\.name).listed())\(disagree). Keep one of them.",
                images: images.prefix(4).map(\.name))
        }
    }
}
