/// One object that a person (or a trusted source) marked in an image: the truth that detections are measured against.
package struct LabelledObject: Sendable, Hashable, Codable {
    package var box: BoundingBox
    /// Index into `LabelledDataset.categories`.
    package var category: Int
    /// A COCO crowd region: matches many detections and counts for none.
    package var isCrowd: Bool
    /// Pascal VOC's "difficult": left out of VOC scores.
    package var isDifficult: Bool
    /// Square pixels as annotated (COCO `area`); the box area when the source gives none.
    package var area: Double

    package init(box: BoundingBox, category: Int, isCrowd: Bool = false, isDifficult: Bool = false, area: Double? = nil) {
        self.box = box
        self.category = category
        self.isCrowd = isCrowd
        self.isDifficult = isDifficult
        self.area = area ?? box.area
    }
}

/// One image with its objects. `fileName` is relative to the dataset's image folder and uses `/`.
package struct LabelledImage: Sendable, Hashable, Codable {
    package var fileName: String
    /// Pixels, before any Exif rotation that the label's author did not see.
    package var width: Int
    package var height: Int
    package var objects: [LabelledObject]

    package init(fileName: String, width: Int, height: Int, objects: [LabelledObject]) {
        self.fileName = fileName
        self.width = width
        self.height = height
        self.objects = objects
    }
}

/// Labelled images with the class names their objects refer to.
package struct LabelledDataset: Sendable, Hashable, Codable {
    package var categories: [String]
    package var images: [LabelledImage]

    package init(categories: [String], images: [LabelledImage]) {
        self.categories = categories
        self.images = images
    }

    package var objectCount: Int { images.reduce(0) { $0 + $1.objects.count } }
}
