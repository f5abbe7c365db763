import Imaging

/// Files that cannot be decoded.
enum UnreadableImages: QualityCheck {
    static let name = "unreadable-images"
    static let title = "Image files that cannot be read"

    static func findings(in survey: DatasetSurvey, settings: QualitySettings) -> [Finding] {
        survey.images.compactMap { image in
            guard let fault = image.file.fault, !image.file.isMisnamed(image.name) else { return nil }
            return Finding(.error, file: image.name, "The image cannot be used: \(fault). Replace the file or remove it and its label.")
        }
    }
}
