import Detection

/// Writes `annotations/SUBSET.json`.
struct DatumaroWriter: DatasetWriter {
    private var list: ListFiles

    init(folder: String, categories: [String]) {
        var head = OutputText(#"{"dm_format_version": "1.0", "media_type": 2, "infos": {}, "categories": {"label": {"labels": ["#)
        for (index, name) in categories.enumerated() {
            head += index == 0 ? #"{"name": "# : #", {"name": "#
            head.quoted(name)
            head += #", "parent": "", "attributes": []}"#
        }
        head += "], \"label_groups\": [], \"attributes\": [\"is_crowd\", \"difficult\"]}},\n\"items\": [\n"
        list = ListFiles(head: head, separator: ",\n", tail: "\n]}\n") { DatasetFolder.join(folder, "annotations/\($0).json") }
    }

    mutating func add(_ entry: DatasetEntry) throws(DatasetError) {
        let image = entry.image
        var text = OutputText(#"{"id": "#)
        text.quoted(DatasetFolder.withoutExtension(image.fileName))
        text += #", "annotations": ["#
        for (index, object) in image.objects.enumerated() {
            text += index == 0 ? #"{"id": "# : #", {"id": "#
            text += index
            text += #", "type": "bbox", "attributes": {"#
            text += object.isCrowd ? #""is_crowd": true"# : ""
            text += object.isCrowd && object.isDifficult ? ", " : ""
            text += object.isDifficult ? #""difficult": true"# : ""
            text += #"}, "group": "#
            text += index
            text += #", "label_id": "#
            text += object.category
            text += #", "z_order": 0, "bbox": ["#
            text.list(object.box.xMin, object.box.yMin, object.box.width, object.box.height)
            text += "]}"
        }
        text += #"], "image": {"path": "#
        text.quoted(image.fileName)
        text += #", "size": [\#(image.height), \#(image.width)]}}"#
        try list.append(text, split: entry.split)
    }

    mutating func finish() throws(DatasetError) { try list.finish() }
}
