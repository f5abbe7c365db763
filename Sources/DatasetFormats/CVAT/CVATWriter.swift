import Detection

/// Writes `annotations.xml`.
struct CVATWriter: DatasetWriter {
    private let names: [OutputText]
    private var list: ListFiles
    private var count = 0

    init(folder: String, categories: [String]) {
        names = categories.map { name in
            var text = OutputText()
            text.escaped(name)
            return text
        }
        var head = OutputText(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <annotations>
              <version>1.1</version>
              <meta>
                <task>
                  <mode>annotation</mode>
                  <labels>

            """)
        for name in names {
            head += "        <label>\n          <name>"
            head.bytes += name.bytes
            head += "</name>\n          <attributes></attributes>\n        </label>\n"
        }
        head += "      </labels>\n    </task>\n  </meta>\n"
        list = ListFiles(head: head, tail: "</annotations>\n") { _ in DatasetFolder.join(folder, "annotations.xml") }
    }

    mutating func add(_ entry: DatasetEntry) throws(DatasetError) {
        let image = entry.image
        var text = OutputText("  <image id=\"\(count)\" name=\"")
        count += 1
        text.escaped(image.fileName)
        if let split = entry.split {
            text += "\" subset=\""
            text.escaped(split)
        }
        text += "\" width=\"\(image.width)\" height=\"\(image.height)\">\n"
        for object in image.objects {
            text += "    <box label=\""
            text.bytes += names[object.category].bytes
            text += "\" source=\"manual\" occluded=\"0\" xtl=\""
            text += object.box.xMin
            text += "\" ytl=\""
            text += object.box.yMin
            text += "\" xbr=\""
            text += object.box.xMax
            text += "\" ybr=\""
            text += object.box.yMax
            text += "\" z_order=\"0\"></box>\n"
        }
        text += "  </image>\n"
        try list.append(text, split: nil)
    }

    mutating func finish() throws(DatasetError) { try list.finish() }
}
