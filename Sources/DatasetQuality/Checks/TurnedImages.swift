import Detection
import Imaging

/// Exif tags that turn the picture: tools differ in whether boxes are counted before or after.
enum TurnedImages: QualityCheck {
    static let name = "turned-images"
    static let title = "Pictures that an Exif tag turns"

    static func findings(in survey: DatasetSurvey, settings: QualitySettings) -> [Finding] {
        survey.images.compactMap { image in
            guard let orientation = image.file.header?.orientation, orientation != .upright else { return nil }
            let boxes = image.labels?.objects.map(\.box) ?? []
            return Finding(
                .warning, file: image.name,
                "Exif orientation \(orientation.rawValue): some tools count boxes before turning, some after. Turn the pixels themselves, drop the tag, and look at the boxes.",
                images: [image.name], boxes: boxes)
        }
    }
}
