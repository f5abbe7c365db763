import Detection

/// Writes `via_project.json`, a project that VIA 2 opens.
struct VIAWriter: DatasetWriter {
    private let categories: [String]
    private var list: ListFiles

    init(folder: String, categories: [String]) {
        self.categories = categories
        var head = OutputText(
            #"""
            {"_via_settings": {"ui": {"image": {"region_label": "class", "region_color": "class"}}, "core": {"default_filepath": "./images/"},
            "project": {"name": "dataset"}},
            "_via_attributes": {"region": {"class": {"type": "dropdown", "description": "", "default_options": {}, "options": {
            """#)
        for (index, name) in categories.enumerated() {
            head += index == 0 ? "" : ", "
            head.quoted(name)
            head += ": "
            head.quoted(name)
        }
        head += "}}}, \"file\": {}},\n\"_via_img_metadata\": {\n"
        list = ListFiles(head: head, separator: ",\n", tail: "\n}}\n") { _ in DatasetFolder.join(folder, "via_project.json") }
    }

    mutating func add(_ entry: DatasetEntry) throws(DatasetError) {
        let image = entry.image
        var text = OutputText()
        // VIA's key of an image is its name and its size in bytes, which it does not check.
        text.quoted(image.fileName + "-1")
        text += #": {"filename": "#
        text.quoted(image.fileName)
        text += #", "size": -1, "regions": ["#
        for (index, object) in image.objects.enumerated() {
            text += index == 0 ? "\n" : ",\n"
            text += #"{"shape_attributes": {"name": "rect", "x": "#
            text += object.box.xMin
            text += #", "y": "#
            text += object.box.yMin
            text += #", "width": "#
            text += object.box.width
            text += #", "height": "#
            text += object.box.height
            text += #"}, "region_attributes": {"class": "#
            text.quoted(categories[object.category])
            text += object.isDifficult ? #", "difficult": "1""# : ""
            text += object.isCrowd ? #", "crowd": "1"}}"# : "}}"
        }
        text += #"], "file_attributes": {"width": \#(image.width), "height": \#(image.height)}}"#
        try list.append(text, split: nil)
    }

    mutating func finish() throws(DatasetError) { try list.finish() }
}
