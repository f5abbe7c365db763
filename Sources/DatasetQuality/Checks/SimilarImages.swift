/// Pictures that look the same.
enum SimilarImages: QualityCheck {
    static let name = "similar-images"
    static let title = "Images that look the same"

    static func findings(in survey: DatasetSurvey, settings: QualitySettings) -> [Finding] {
        survey.duplicates.near.map { members in
            let images = members.map { survey.images[$0] }
            return Finding(
                .note, file: images[0].name,
                "It looks like \(images.dropFirst().map(\.name).listed()). Copies teach nothing new; they must stay in one split (dataset split sees to it).",
                images: images.prefix(4).map(\.name))
        }
    }
}
