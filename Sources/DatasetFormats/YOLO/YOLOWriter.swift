import Detection

/// Writes the YOLO layout: `labels` and `data.yaml`. A set that is divided gets a list of its images for each split, `train.txt` and so
/// on, because images of one split may lie anywhere.
struct YOLOWriter: DatasetWriter {
    private let folder: OutputFolder
    private let categories: [String]
    private var lists: [String: OutputFile] = [:]

    init(folder: String, categories: [String]) throws(DatasetError) {
        self.folder = OutputFolder(folder)
        self.categories = categories
        try DatasetFolder.makeFolder(DatasetFolder.join(folder, "labels"))
    }

    mutating func add(_ entry: DatasetEntry) throws(DatasetError) {
        let (width, height) = (Double(entry.image.width), Double(entry.image.height))
        var text = OutputText()
        for object in entry.image.objects {
            let box = object.box
            text += object.category
            for number in [box.centerX / width, box.centerY / height, box.width / width, box.height / height] {
                text += " "
                text += number
            }
            text += "\n"
        }
        try folder.write(text, to: YOLOLayout.labelPlace(of: "images/" + entry.image.fileName))
        guard let split = entry.split.map({ SplitName.fileName($0) }) else { return }
        if lists[split] == nil { lists[split] = try OutputFile(path: DatasetFolder.join(folder.path, split + ".txt")) }
        try lists[split]?.append(OutputText("./images/\(entry.image.fileName)\n"))
    }

    mutating func finish() throws(DatasetError) {
        for list in lists.values { try list.finish() }
        // Training wants both keys, whatever there is.
        let train = lists["train"] != nil ? "train.txt" : "images"
        let places = ["train": train, "val": lists["val"] != nil ? "val.txt" : train]
            .merging(lists.keys.map { ($0, $0 + ".txt") }) { first, _ in first }
        var yaml = OutputText()
        for (key, place) in places.sorted(by: { $0.key < $1.key }) { yaml += "\(key): \(place)\n" }
        yaml += categories.isEmpty ? "names: []\n" : "names:\n"
        for (index, name) in categories.enumerated() { yaml += "  \(index): \(Self.quoted(name))\n" }
        try folder.write(yaml, to: "data.yaml")
    }

    private static func quoted(_ name: String) -> String {
        var text = "\""
        for character in name {
            switch character {
            case "\\", "\"": text += "\\\(character)"
            case "\n", "\r\n": text += "\\n"
            case "\t": text += "\\t"
            default: text.append(character)
            }
        }
        return text + "\""
    }
}
