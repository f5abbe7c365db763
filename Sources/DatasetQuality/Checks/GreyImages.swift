import Imaging

/// Grey pictures among coloured ones.
enum GreyImages: QualityCheck {
    static let name = "grey-images"
    static let title = "Pictures without colour"

    static func findings(in survey: DatasetSurvey, settings: QualitySettings) -> [Finding] {
        let seen = survey.images.filter { $0.file.look != nil }
        let grey = seen.filter { $0.file.look?.isGrey == true || ($0.file.header?.channels ?? 3) < 3 }
        if grey.count == seen.count, let first = grey.first {
            return [Finding(.note, file: survey.source, "All \(grey.count) pictures are grey; so must be those in production.", images: [first.name])]
        }
        return grey.map { image in
            Finding(.note, file: image.name, "The picture is grey and most others are not. Keep it if such come in production.", images: [image.name])
        }
    }
}
