import Imaging

/// Pictures with an alpha channel, and JPEG files in printer's inks.
enum TransparentImages: QualityCheck {
    static let name = "transparent-images"
    static let title = "Pictures with transparency or four inks"

    static func findings(in survey: DatasetSurvey, settings: QualitySettings) -> [Finding] {
        survey.images.compactMap { image in
            guard let header = image.file.header, header.channels == 2 || header.channels == 4 else { return nil }
            let message =
                header.format == .png
                ? "The picture has transparency; it is laid over white, other programs take black. Save it without."
                : "The picture is in four inks (CMYK), whose colours programs read differently. Save it as RGB."
            return Finding(.warning, file: image.name, message, images: [image.name])
        }
    }
}
