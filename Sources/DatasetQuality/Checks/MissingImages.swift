/// Labels without an image.
enum MissingImages: QualityCheck {
    static let name = "missing-images"
    static let title = "Image files that are not there"

    static func findings(in survey: DatasetSurvey, settings: QualitySettings) -> [Finding] {
        survey.images.filter(\.file.isMissing).map { image in
            Finding(.error, file: image.name, "The image is not in \(survey.imageFolder). Put it there, name the folder of the images, or remove its label.")
        }
    }
}
