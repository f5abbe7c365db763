import DatasetFormats
import Detection
import Foundation
import Testing

@Suite("YOLO format")
struct YOLOFormatTests {
    private func read(_ files: [String: String], images: [String] = ["images/a.png"], at path: String = "") throws -> ImportedDataset {
        let folder = try ScratchFolder()
        for (name, text) in files { try folder.write(text, to: name) }
        for name in images { try folder.write(Sample.png(100, 50), to: name) }
        return try YOLOFormat.read(at: folder.path + "/" + path)
    }

    @Test(arguments: [
        "names: [cup, 'jug # 2', \"a, b\"]", "names:\n- cup\n- 'jug # 2'  # second\n- \"a, b\"\nnc: 3",
        "nc: 3\nnames:\n  0: cup\n  2: a, b\n  1: \"jug # 2\"\n", "names: {0: cup, 1: 'jug # 2',\n  2: 'a, b'}\n",
    ])
    func `class names are read in every form of YAML in use`(yaml: String) throws {
        let result = try read(["data.yaml": "# fridge\ntrain: ../train/images\n" + yaml, "labels/a.txt": "2 0.5 0.5 0.2 0.2\n"])
        #expect(result.dataset.categories == ["cup", "jug # 2", "a, b"])
        #expect(result.dataset.images.first?.objects.map(\.category) == [2])
        #expect(result.issues.isEmpty, "\(result.issues)")
    }

    @Test func `fractions become pixels`() throws {
        let result = try read(["classes.txt": "cup\n", "labels/a.txt": "0 0.5 0.5 0.2 0.4\n"])
        let box = try #require(result.dataset.images.first?.objects.first?.box)
        #expect(abs(box.xMin - 40) < 1e-9 && abs(box.xMax - 60) < 1e-9 && abs(box.yMin - 15) < 1e-9 && abs(box.yMax - 35) < 1e-9)
        #expect(result.dataset.images.first?.fileName == "a.png")
    }

    @Test func `outlines become their bounding box`() throws {
        let result = try read(["classes.txt": "cup\n", "labels/a.txt": "0 0.1 0.2 0.5 0.2 0.3 0.8\n"])
        let box = try #require(result.dataset.images.first?.objects.first?.box)
        #expect(abs(box.xMin - 10) < 1e-9 && abs(box.yMax - 40) < 1e-9)
    }

    @Test(arguments: [
        "0 0.5 0.5 0.2", "0 a 0.5 0.2 0.2", "-1 0.5 0.5 0.2 0.2", "5 0.5 0.5 0.2 0.2", "0 nan 0.5 0.2 0.2", "0 0.5 0.5 0 0.2",
        "0.5 0.5 0.5 0.1 0.1",
        "0 3 3 0.1 0.1", "99999999999999999999 0.5 0.5 0.1 0.1", "0 0.5 0.5 inf 0.2",
    ])
    func `a line without meaning is an issue with its number`(line: String) throws {
        let result = try read(["classes.txt": "cup\n", "labels/a.txt": "0 0.5 0.5 0.1 0.1\r\n\r\n\(line)\r\n"])
        #expect(result.dataset.objectCount == 1)
        #expect(result.issues.map(\.line) == [3] && result.issues.first?.severity == .error, "\(result.issues)")
    }

    @Test func `without names classes are numbered`() throws {
        let result = try read(["labels/a.txt": "2 0.5 0.5 0.1 0.1"], at: "labels")
        #expect(result.dataset.categories == ["class_0", "class_1", "class_2"])
    }

    @Test func `labels without an image and images without labels`() throws {
        let result = try read(
            ["classes.txt": "cup\n", "labels/train/a.txt": "0 0.5 0.5 0.1 0.1", "labels/train/gone.txt": "0 0.5 0.5 0.1 0.1"],
            images: ["images/train/a.png", "images/val/empty.png", "plots/curve.png"])
        #expect(result.dataset.images.map(\.fileName) == ["train/a.png", "val/empty.png"])
        #expect(result.issues.count == 1 && result.issues.first?.file.hasSuffix("gone.txt") == true)
    }

    @Test func `Darknet keeps labels beside the images`() throws {
        let files = [
            "obj.names": "cup\njug\n", "obj.data": "classes = 2\n", "train.txt": "data/obj/a.png", "obj/a.txt": "1 0.5 0.5 0.1 0.1",
        ]
        let result = try read(files, images: ["obj/a.png"])
        #expect(result.dataset.categories == ["cup", "jug"] && result.dataset.objectCount == 1 && result.issues.isEmpty)
    }
}
