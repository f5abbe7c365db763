import Detection
import Imaging

/// Labels that were made for a picture of another size.
enum WrongSizes: QualityCheck {
    static let name = "wrong-sizes"
    static let title = "Labels that give another size than the file has"

    static func findings(in survey: DatasetSurvey, settings: QualitySettings) -> [Finding] {
        survey.images.compactMap { image in
            guard let labels = image.labels, let header = image.file.header, (labels.width, labels.height) != (header.width, header.height) else { return nil }
            let sizes = "The label says \(labels.width) × \(labels.height), the file is \(header.width) × \(header.height)"
            // Labelled as people see it: not wrong, but `TurnedImages` has to be read with it.
            if (labels.width, labels.height) == (header.displayWidth, header.displayHeight) {
                return Finding(
                    .warning, file: image.name, "\(sizes) and is turned by its Exif tag. Turn the pixels themselves and drop the tag.", images: [image.name],
                    boxes: labels.objects.map(\.box))
            }
            return Finding(
                .error, file: image.name, "\(sizes). Its boxes belong to another version of the picture: bring that back or label anew.",
                images: [image.name], boxes: labels.objects.map(\.box))
        }
    }
}
