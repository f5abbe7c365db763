import DatasetFormats
import Detection
import Foundation
import Testing

@Suite("Pascal VOC format")
struct PascalVOCFormatTests {
    private func annotation(_ body: String, size: String = "<size><width>20</width><height>10</height></size>") -> String {
        "<annotation><filename>a.png</filename>\(size)\n\(body)\n</annotation>"
    }

    private func object(_ name: String, _ box: (String, String, String, String), extra: String = "") -> String {
        """
        <object><name>\(name)</name>\(extra)<bndbox><xmin>\(box.0)</xmin><ymin>\(box.1)</ymin><xmax>\(box.2)</xmax><ymax>\(box.3)</ymax>\
        </bndbox></object>
        """
    }

    private func read(_ xml: String) throws -> ImportedDataset {
        let folder = try ScratchFolder()
        try folder.write(xml, to: "Annotations/a.xml")
        try folder.write(Sample.png(20, 10), to: "JPEGImages/a.png")
        return try PascalVOCFormat.read(at: folder.path)
    }

    @Test func `pixels count from 1 and the last one belongs to the box`() throws {
        let result = try read(annotation(object("cup", ("1", "2", "20", "10"), extra: "<difficult>1</difficult>")))
        #expect(
            result.dataset.images.first?.objects == [
                LabelledObject(box: BoundingBox(xMin: 0, yMin: 1, xMax: 20, yMax: 10), category: 0, isDifficult: true)
            ])
        #expect(result.issues.isEmpty, "\(result.issues)")
    }

    @Test func `the parts of a person are not objects and do not change the person's box`() throws {
        let part = "<part><name>head</name><bndbox><xmin>5</xmin><ymin>5</ymin><xmax>6</xmax><ymax>6</ymax></bndbox></part>"
        let result = try read(annotation(object("person", ("1", "1", "9.5", "9"), extra: part)))
        #expect(result.dataset.categories == ["person"])
        #expect(result.dataset.images.first?.objects.map(\.box.xMax) == [9.5])
    }

    @Test(arguments: [
        (("1", "1", "x", "5"), "finite"), (("nan", "1", "3", "5"), "finite"), (("9", "1", "3", "5"), "no area"),
        (("30", "1", "40", "5"), "outside"), (("1", "1", "1e400", "5"), "finite"),
    ])
    func `a box without meaning is left out with its line`(box: (String, String, String, String), message: String) throws {
        let result = try read(annotation(object("cup", box)))
        #expect(result.dataset.objectCount == 0 && result.dataset.images.count == 1)
        #expect(result.issues.first?.line == 2 && result.issues.first?.message.contains(message) == true, "\(result.issues)")
    }

    @Test(arguments: ["<annotation><object>", "", "no xml", "<annotations></annotations>", "<annotation>&bomb;</annotation>"])
    func `a broken file is an issue and its image is left out`(xml: String) throws {
        let result = try read(xml)
        #expect(result.dataset.images.isEmpty)
        #expect(result.issues.map(\.severity) == [.error], "\(result.issues)")
    }

    @Test func `entities that multiply do no harm`() throws {
        var xml = "<!DOCTYPE a [<!ENTITY e0 \"ha\">"
        for level in 1...40 { xml += "<!ENTITY e\(level) \"&e\(level - 1);&e\(level - 1);\">" }
        _ = try read(xml + "]><annotation><filename>&e40;</filename></annotation>")
    }

    @Test func `a size that is missing comes from the image`() throws {
        let result = try read(annotation(object("cup", ("1", "1", "5", "5")), size: ""))
        #expect(result.dataset.images.first?.width == 20 && result.issues.isEmpty)
    }

    @Test func `a label map gives the order of the classes`() throws {
        let folder = try ScratchFolder()
        try folder.write(annotation(object("cup", ("1", "1", "5", "5"))), to: "Annotations/a.xml")
        try folder.write(Sample.png(20, 10), to: "JPEGImages/a.png")
        try folder.write("# label:color_rgb:parts:actions\nbackground:0,0,0::\njug:::\ncup:128,0,0::\n", to: "labelmap.txt")
        #expect(try AllFormats.read(at: folder.path).dataset.categories == ["jug", "cup"])
    }

    @Test func `images without an annotation have no objects`() throws {
        let folder = try ScratchFolder()
        try folder.write(annotation(object("cup", ("1", "1", "5", "5"))), to: "Annotations/a.xml")
        try folder.write(Sample.png(20, 10), to: "JPEGImages/a.png")
        try folder.write(Sample.png(7, 8), to: "JPEGImages/more/b.png")
        try folder.write("not an image", to: "JPEGImages/c.jpg")
        let result = try AllFormats.read(at: folder.path)
        #expect(result.dataset.images.map(\.fileName) == ["a.png", "more/b.png"])
        #expect(result.issues.map { $0.file.hasSuffix("c.jpg") } == [true])
    }
}
