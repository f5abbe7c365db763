import DatasetFormats
import Detection
import Foundation
import Testing

@Suite("COCO format")
struct COCOFormatTests {
    private func read(_ json: String, images: [String: Data] = [:]) throws -> ImportedDataset {
        let folder = try ScratchFolder()
        try folder.write(json, to: "labels.json")
        for (name, data) in images { try folder.write(data, to: name) }
        return try COCOFormat.read(at: folder.path + "/labels.json")
    }

    private func document(_ annotations: String) -> String {
        """
        {"images": [{"id": "7", "file_name": "a.png", "width": 100, "height": 50}],
         "categories": [{"id": 90, "name": "cup"}, {"id": 3, "name": "jug"}],
         "annotations": [
        \(annotations)
        ]}
        """
    }

    private let image = ["a.png": Sample.png(100, 50)]

    @Test func `ids may be strings, have gaps and be mixed`() throws {
        let result = try read(
            document(#"{"image_id": 7, "category_id": "3", "bbox": [1, 2, 3, 4], "segmentation": [[1, 2, {"x": null}]]}"#), images: image)
        #expect(result.issues.isEmpty, "\(result.issues)")
        #expect(result.dataset.categories == ["cup", "jug"])
        #expect(
            result.dataset.images.first?.objects == [
                LabelledObject(box: BoundingBox(xMin: 1, yMin: 2, xMax: 4, yMax: 6), category: 1)
            ])
    }

    @Test func `crowd, area and difficult flags are read`() throws {
        let result = try read(
            document(#"{"image_id": 7, "category_id": 3, "bbox": [1, 2, 3, 4], "iscrowd": true, "area": 9.5, "difficult": 1}"#),
            images: image)
        let object = try #require(result.dataset.images.first?.objects.first)
        #expect(object.isCrowd && object.isDifficult && object.area == 9.5)
    }

    @Test(arguments: [
        (#"{"image_id": 8, "category_id": 3, "bbox": [1, 2, 3, 4]}"#, "image 8"),
        (#"{"image_id": 7, "category_id": 4, "bbox": [1, 2, 3, 4]}"#, "category 4"),
        (#"{"image_id": 7, "category_id": 3, "bbox": [1, 2, 3]}"#, "four numbers"),
        (#"{"image_id": 7, "category_id": 3}"#, "four numbers"),
        (#"{"image_id": 7, "category_id": 3, "bbox": [NaN, 2, 3, 4]}"#, "finite"),
        (#"{"image_id": 7, "category_id": 3, "bbox": [1, 2, Infinity, 4]}"#, "finite"),
        (#"{"image_id": 7, "category_id": 3, "bbox": [1, 2, "x", 4]}"#, "finite"),
        (#"{"image_id": 7, "category_id": 3, "bbox": [1, 2, 0, 4]}"#, "no area"),
        (#"{"image_id": 7, "category_id": 3, "bbox": [1, 2, -5, 4]}"#, "no area"),
        (#"{"image_id": 7, "category_id": 3, "bbox": [100, 2, 5, 4]}"#, "outside"),
        (#"{}"#, "not listed"),
    ])
    func `an annotation without meaning is left out with its line`(annotation: String, message: String) throws {
        let result = try read(document(annotation), images: image)
        #expect(result.dataset.objectCount == 0)
        let issue = try #require(result.issues.first)
        #expect(result.issues.count == 1 && issue.severity == .error && issue.line == 4)
        #expect(issue.message.contains(message), "\(issue)")
    }

    @Test func `a box beyond its image is cut, with a word when it is more than a pixel`() throws {
        let result = try read(
            document(
                """
                {"image_id": 7, "category_id": 3, "bbox": [90, 40, 20, 20]},
                {"image_id": 7, "category_id": 3, "bbox": [90, 40, 10.4, 10]}
                """), images: image)
        #expect(
            result.dataset.images[0].objects.map(\.box) == [
                BoundingBox(xMin: 90, yMin: 40, xMax: 100, yMax: 50), BoundingBox(xMin: 90, yMin: 40, xMax: 100, yMax: 50),
            ])
        #expect(result.issues.map(\.severity) == [.warning])
    }

    @Test(arguments: [
        ("{\"images\": [], \"annotations\": [1,, 2]}", 1), ("{\"images\":\n [{\"id\": 1 \"x\": 2}]}", 2), ("{\"images\": [\n\n", 3),
        ("[]", 1), ("", 1), ("{\"images\": 5}", 1), ("{\"images\": [5]}", 1), ("{\"images\": []}\n x", 2), ("{\"a\": \"\\u12\"}", 1),
        ("{\"images\": [{\"file_name\": \"abc", 1), ("{\"a\": tru}", 1),
        ("{\"a\": " + String(repeating: "[", count: 100_000), 1),
    ])
    func `broken JSON is an error with its place`(json: String, line: Int) throws {
        do {
            let result = try read(json)
            Issue.record("read as \(result)")
        } catch let error as DatasetError {
            #expect(error.line == line && (error.column ?? 0) > 0, "\(error)")
            #expect(error.file.hasSuffix("labels.json"))
        }
    }

    @Test func `an object that is no COCO file says so`() {
        #expect(throws: DatasetError.self) { try read("{\"a\": 1}") }
    }

    @Test func `strings are unescaped`() throws {
        let result = try read(
            #"{"categories": [{"id": 1, "name": "a\"\\\/\u00e9\ud83c\udf4e\n"}, {"id": 2}], "images": [], "annotations": []}"#)
        #expect(result.dataset.categories == ["a\"\\/é🍎\n", "category_2"])
    }

    @Test func `sizes that are missing come from the image, and images without any are left out`() throws {
        let json = """
            {"images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "gone.png"}, {"id": 3}, {"id": 1, "file_name": "b.png",
             "width": 5, "height": 5}], "annotations": [{"image_id": 2, "category_id": 1, "bbox": [1, 1, 2, 2]}],
             "categories": [{"id": 1, "name": "x"}]}
            """
        let result = try read(json, images: image)
        #expect(result.dataset.images.map(\.width) == [100])
        #expect(result.issues.count { $0.severity == .error } == 3, "\(result.issues)")
    }

    @Test func `file names cannot climb out of the image folder`() throws {
        let json = """
            {"images": [{"id": 1, "file_name": "../../etc/passwd", "width": 9, "height": 9},
             {"id": 2, "file_name": "/etc/hosts", "width": 9, "height": 9},
             {"id": 3, "file_name": "s\\\\a.png", "width": 9, "height": 9}], "annotations": [], "categories": []}
            """
        #expect(try read(json).dataset.images.map(\.fileName) == ["passwd", "hosts", "s/a.png"])
    }

    @Test func `several files become one dataset`() throws {
        let folder = try ScratchFolder()
        for (split, id) in [("train", 1), ("val", 2)] {
            try folder.write(
                """
                {"images": [{"id": 1, "file_name": "\(split).png", "width": 9, "height": 9}], "categories": [{"id": 4, "name": "x"},
                 {"id": 5, "name": "only-\(split)"}], "annotations": [{"image_id": 1, "category_id": 5, "bbox": [1, 1, \(id), 1]}]}
                """, to: "\(split)/_annotations.coco.json")
            try folder.write(Sample.png(9, 9), to: "\(split)/\(split).png")
        }
        let result = try AllFormats.read(at: folder.path)
        #expect(result.dataset.images.map(\.fileName) == ["train/train.png", "val/val.png"])
        #expect(result.dataset.categories == ["x", "only-train", "only-val"])
        #expect(result.dataset.images[1].objects.map(\.category) == [2])
        #expect(result.imageRoot == folder.path && result.issues.isEmpty, "\(result.issues)")
    }
}
