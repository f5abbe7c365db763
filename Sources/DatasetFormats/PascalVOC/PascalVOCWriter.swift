import Detection

/// Writes the VOC layout: `Annotations`, `ImageSets/Main` and, for the order of the classes, `classes.txt`. Boxes come in whole
/// pixels.
struct PascalVOCWriter: DatasetWriter {
    private let folder: OutputFolder
    private let names: [OutputText]
    private let classes: OutputText
    private let labelMap: OutputText?
    private var lists: [String: OutputFile] = [:]

    init(folder: String, categories: [String]) throws(DatasetError) {
        self.folder = OutputFolder(folder)
        names = categories.map { name in
            var text = OutputText()
            text.escaped(name)
            return text
        }
        classes = OutputText(categories.map { $0.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n" }.joined())
        // A colon ends a name there.
        let fits = categories.allSatisfy { !$0.contains(":") && !$0.hasPrefix("#") && !$0.contains(where: \.isNewline) }
        labelMap = fits ? OutputText("# label:color_rgb:parts:actions\n" + categories.map { $0 + ":::\n" }.joined()) : nil
        try DatasetFolder.makeFolder(DatasetFolder.join(folder, "Annotations"))
    }

    mutating func add(_ entry: DatasetEntry) throws(DatasetError) {
        let image = entry.image
        var xml = OutputText("<annotation>\n\t<folder>JPEGImages</folder>\n\t<filename>")
        xml.escaped(DatasetFolder.lastComponent(of: image.fileName))
        xml += "</filename>\n\t<size>\n\t\t<width>\(image.width)</width>\n\t\t<height>\(image.height)</height>\n\t\t<depth>3</depth>\n\t</size>\n"
        for object in image.objects {
            xml += "\t<object>\n\t\t<name>"
            xml.bytes += names[object.category].bytes
            xml += object.isDifficult ? "</name>\n\t\t<difficult>1</difficult>\n" : "</name>\n\t\t<difficult>0</difficult>\n"
            xml += "\t\t<bndbox>\n\t\t\t<xmin>"
            xml += object.box.xMin + 1
            xml += "</xmin>\n\t\t\t<ymin>"
            xml += object.box.yMin + 1
            xml += "</ymin>\n\t\t\t<xmax>"
            xml += object.box.xMax
            xml += "</xmax>\n\t\t\t<ymax>"
            xml += object.box.yMax
            xml += "</ymax>\n\t\t</bndbox>\n\t</object>\n"
        }
        xml += "</annotation>\n"
        let stem = DatasetFolder.withoutExtension(image.fileName)
        try folder.write(xml, to: "Annotations/\(stem).xml")
        try list(of: entry.split).append(OutputText(stem + "\n"))
    }

    /// VOC's own name for everything that is labelled is "trainval".
    private mutating func list(of split: String?) throws(DatasetError) -> OutputFile {
        let name = split == nil ? "trainval" : SplitName.fileName(split)
        if let list = lists[name] { return list }
        let list = try OutputFile(path: DatasetFolder.join(folder.path, "ImageSets/Main/\(name).txt"))
        lists[name] = list
        return list
    }

    mutating func finish() throws(DatasetError) {
        for list in lists.values { try list.finish() }
        try folder.write(classes, to: PascalVOCFormat.classFile)
        if let labelMap { try folder.write(labelMap, to: PascalVOCFormat.labelMap) }
    }
}
