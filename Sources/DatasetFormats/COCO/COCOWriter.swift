import Detection

/// Writes COCO's instances JSON, one file for each split, ids counting from 1. Categories are the same in each.
struct COCOWriter: DatasetWriter {
    private final class Part {
        let images: OutputFile
        /// Annotations come while images do; they wait beside and are put behind them in the end.
        let annotations: OutputFile
        let waiting: String
        let path: String
        var imageCount = 0, annotationCount = 0

        init(path: String) throws(DatasetError) {
            self.path = path
            waiting = path + ".annotations"
            images = try OutputFile(path: path)
            annotations = try OutputFile(path: waiting)
        }
    }

    private let folder: String
    private let categories: [String]
    private var parts: [String: Part] = [:]

    init(folder: String, categories: [String]) {
        self.folder = folder
        self.categories = categories
    }

    private mutating func part(for split: String?) throws(DatasetError) -> Part {
        let name = SplitName.fileName(split)
        if let part = parts[name] { return part }
        let part = try Part(path: DatasetFolder.join(folder, "annotations/instances_\(name).json"))
        parts[name] = part
        var text = OutputText(#"{"categories": ["#)
        for (index, category) in categories.enumerated() {
            text += index == 0 ? "" : ", "
            text += #"{"id": \#(index + 1), "name": "#
            text.quoted(category)
            text += "}"
        }
        text += "],\n\"images\": ["
        try part.images.append(text)
        return part
    }

    mutating func add(_ entry: DatasetEntry) throws(DatasetError) {
        let part = try part(for: entry.split)
        let image = entry.image
        part.imageCount += 1
        var text = OutputText(part.imageCount == 1 ? "\n" : ",\n")
        text += #"{"id": "#
        text += part.imageCount
        text += #", "file_name": "#
        text.quoted(image.fileName)
        text += #", "width": \#(image.width), "height": \#(image.height)}"#
        try part.images.append(text)

        text = OutputText()
        for object in image.objects {
            part.annotationCount += 1
            text += part.annotationCount == 1 ? "\n{\"id\": " : ",\n{\"id\": "
            text += part.annotationCount
            text += ", \"image_id\": "
            text += part.imageCount
            text += ", \"category_id\": "
            text += object.category + 1
            text += ", \"bbox\": ["
            text.list(object.box.xMin, object.box.yMin, object.box.width, object.box.height)
            text += "], \"area\": "
            text += object.area
            text += object.isCrowd ? ", \"iscrowd\": 1" : ", \"iscrowd\": 0"
            // Not COCO's, and written only where set: keeps Pascal VOC's flag through a round trip.
            text += object.isDifficult ? ", \"difficult\": 1}" : "}"
        }
        try part.annotations.append(text)
    }

    mutating func finish() throws(DatasetError) {
        // A set without images is a file all the same.
        if parts.isEmpty { _ = try part(for: nil) }
        for part in parts.values {
            try part.annotations.finish()
            try part.images.append(OutputText("],\n\"annotations\": ["))
            try part.images.append(contentsOf: part.waiting)
            try part.images.append(OutputText("]}\n"))
            try part.images.finish()
        }
    }
}
