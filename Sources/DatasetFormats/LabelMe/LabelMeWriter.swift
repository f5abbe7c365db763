import Detection

/// Writes a JSON file in the place of each image, and `labels.txt` for the order of the classes.
struct LabelMeWriter: DatasetWriter {
    private let folder: OutputFolder
    private let categories: [String]

    init(folder: String, categories: [String]) {
        self.folder = OutputFolder(folder)
        self.categories = categories
    }

    mutating func add(_ entry: DatasetEntry) throws(DatasetError) {
        let image = entry.image
        let target = DatasetFolder.withoutExtension(image.fileName) + ".json"
        guard target != image.fileName else {
            throw DatasetError(file: image.fileName, message: "an image file cannot have the name of its LabelMe file; rename it")
        }
        var text = OutputText("{\"version\": \"5.4.1\", \"flags\": {}, \"shapes\": [")
        for (index, object) in image.objects.enumerated() {
            text += index == 0 ? "\n{\"label\": " : ",\n{\"label\": "
            text.quoted(categories[object.category])
            text += ", \"points\": [["
            text.list(object.box.xMin, object.box.yMin)
            text += "], ["
            text.list(object.box.xMax, object.box.yMax)
            text += "]], \"group_id\": null, \"description\": \"\", \"shape_type\": \"rectangle\", \"flags\": {"
            text += object.isDifficult ? "\"difficult\": true" : ""
            text += object.isDifficult && object.isCrowd ? ", " : ""
            text += object.isCrowd ? "\"crowd\": true" : ""
            text += "}}"
        }
        text += "],\n\"imagePath\": "
        text.quoted(DatasetFolder.lastComponent(of: image.fileName))
        text += ", \"imageData\": null, \"imageHeight\": \(image.height), \"imageWidth\": \(image.width)}\n"
        try folder.write(text, to: target)
    }

    mutating func finish() throws(DatasetError) {
        let lines = categories.map { $0.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n" }
        try folder.write(OutputText(lines.joined()), to: LabelMeFormat.labelList)
    }
}
