import Detection
package import Imaging

/// A picture made small enough for training, with its objects in its own pixels.
package struct TrainingPicture: Sendable {
    package var image: PixelImage
    package var objects: [TrainingObject]

    package init(image: PixelImage, objects: [TrainingObject]) {
        self.image = image
        self.objects = objects
    }

    /// Reads an image so that its longer side is `side` pixels, and scales its labels with it. Crowd regions and boxes
    /// without area teach nothing and are left out.
    ///
    /// - Throws: `ImagingError` for a file that is no good image; `TrainingError` when the labels are for another picture.
    init(_ labelled: LabelledImage, path: String, side: Int) throws {
        let decoded = try PixelImage(contentsOfFile: path)
        let known = labelled.width > 0 && labelled.height > 0
        let (width, height) = known ? (labelled.width, labelled.height) : (decoded.width, decoded.height)
        guard (width < height) == (decoded.width < decoded.height) || abs(width - height) < 2 else {
            throw TrainingError(
                "\(path) is \(decoded.width) × \(decoded.height) pixels but its labels are for \(width) × \(height); "
                    + "turn the image or label it again")
        }
        let scale = Double(side) / Double(max(decoded.width, decoded.height))
        image = decoded.resized(
            width: min(side, max(1, Int((Double(decoded.width) * scale).rounded()))),
            height: min(side, max(1, Int((Double(decoded.height) * scale).rounded()))))
        let (scaleX, scaleY) = (Double(image.width) / Double(width), Double(image.height) / Double(height))
        objects = labelled.objects.compactMap { object in
            let box = object.box.clipped(width: Double(width), height: Double(height))
            guard !object.isCrowd, box.isFinite, box.width > 0, box.height > 0 else { return nil }
            return TrainingObject(
                category: object.category,
                box: CornerBox(
                    Float(box.xMin * scaleX), Float(box.yMin * scaleY), Float(box.xMax * scaleX), Float(box.yMax * scaleY)))
        }
    }
}
