import Imaging

/// Names that promise another kind of file.
enum MisnamedImages: QualityCheck {
    static let name = "misnamed-images"
    static let title = "Files that are not what their names say"

    static func findings(in survey: DatasetSurvey, settings: QualitySettings) -> [Finding] {
        survey.images.compactMap { image in
            guard image.file.isMisnamed(image.name) else { return nil }
            if let format = image.file.format {
                let ending = format.fileExtensions[0]
                return Finding(
                    .error, file: image.name, "The name promises something else, but the file is \(format.rawValue.uppercased()). Let it end in .\(ending).",
                    images: [image.name])
            }
            return Finding(.error, file: image.name, "The name promises a JPEG or PNG image: \(image.file.fault?.description ?? "it is none"). Replace it.")
        }
    }
}
