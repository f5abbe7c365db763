import DatasetFormats
import Detection
import Foundation
import Testing

/// What other tools write, cut down to a few lines.
@Suite("Files of other tools")
struct FormatSampleTests {
    private func read(_ text: String, as file: String, with images: [String] = ["a.png"]) throws -> ImportedDataset {
        let folder = try ScratchFolder()
        try folder.write(text, to: file)
        for image in images { try folder.write(Sample.png(100, 50), to: image) }
        return try AllFormats.read(at: folder.path)
    }

    private func boxes(_ result: ImportedDataset, _ image: Int = 0) -> [[Double]] {
        result.dataset.images.indices.contains(image)
            ? result.dataset.images[image].objects.map { [$0.box.xMin, $0.box.yMin, $0.box.xMax, $0.box.yMax] } : []
    }

    @Test func `CVAT: shapes become boxes or are told of`() throws {
        let result = try read(
            """
            <?xml version="1.0"?><annotations><version>1.1</version><meta><task><labels><label><name>cup &amp; jug</name></label></labels></task></meta>
            <image id="0" name="a.png" width="100" height="50">
            <box label="cup &amp; jug" xtl="1.5" ytl="2" xbr="10" ybr="20"/>
            <box label="x" xtl="40" ytl="20" xbr="60" ybr="30" rotation="90.0"></box>
            <polygon label="x" points="1,2;30.5,4;5,9"><attribute name="a">b</attribute></polygon>
            <ellipse label="x" cx="50" cy="25" rx="10" ry="5"/>
            <mask label="x" rle="1" left="3" top="4" width="5" height="6"/>
            <points label="x" points="1,1"/>
            <box xtl="1" ytl="2" xbr="10" ybr="20"/>
            <tag label="x"/>
            </image></annotations>
            """, as: "annotations.xml")
        #expect(result.format == "cvat" && result.dataset.categories == ["cup & jug", "x"])
        #expect(boxes(result)[0] == [1.5, 2, 10, 20] && boxes(result).count == 5)
        #expect(result.dataset.images[0].objects[1].box.isNear(BoundingBox(xMin: 45, yMin: 15, xMax: 55, yMax: 35), 1e-9))
        #expect(Array(boxes(result)[2...]) == [[1, 2, 30.5, 9], [40, 20, 60, 30], [3, 4, 8, 10]])
        #expect(result.issues.filter { $0.severity == .error }.map(\.line) == [8, 9], "\(result.issues)")
        #expect(result.issues.contains { $0.loss == .outlines && $0.line == 4 })
    }

    @Test func `LabelMe: rectangles in any order, outlines, flags and lines`() throws {
        let result = try read(
            #"""
            {"version": "5.0", "flags": {}, "shapes": [
            {"label": "cup", "points": [[30, 40], [10.5, 20]], "shape_type": "rectangle", "flags": {"difficult": true}},
            {"label": "jug", "points": [[1, 2], [5, 9], [3, 1]], "shape_type": "polygon"},
            {"label": "jug", "points": [[50, 25], [53, 29]], "shape_type": "circle"},
            {"label": "jug", "points": [[50, 25], [53, 29]], "shape_type": "line"}
            ], "imagePath": "..\\pictures\\a.png", "imageData": "AAAA", "imageHeight": 50, "imageWidth": 100}
            """#, as: "set/a.json", with: ["set/a.png", "set/b.png"])
        #expect(result.format == "labelme" && result.dataset.images.map(\.fileName) == ["set/a.png", "set/b.png"])
        #expect(boxes(result) == [[10.5, 20, 30, 40], [1, 1, 5, 9], [45, 20, 55, 30]])
        #expect(result.dataset.images[0].objects[0].isDifficult)
        #expect(result.issues.filter { $0.severity == .error }.map(\.line) == [5], "\(result.issues)")
    }

    @Test func `VIA: a project, exported annotations, and version 1`() throws {
        let image = #"""
            {"filename": "a.png", "size": 24, "file_attributes": {}, "regions": REGIONS}
            """#
        let regions = #"""
            {"shape_attributes": {"name": "rect", "x": 1, "y": 2, "width": 3, "height": 4}, "region_attributes": {"note": "n", "label": "cup"}}
            """#
        let circle = #"""
            {"shape_attributes": {"name": "circle", "cx": 50, "cy": 25, "r": 5}, "region_attributes": {"what": {"jug": true}}}
            """#
        let line = #"{"shape_attributes": {"name": "polyline", "all_points_x": [1], "all_points_y": [1]}, "region_attributes": {"label": "cup"}}"#
        let list = image.replacingOccurrences(of: "REGIONS", with: "[\(regions), \(circle), \(line)]")
        let numbered = image.replacingOccurrences(of: "REGIONS", with: "{\"0\": \(regions), \"1\": \(circle), \"2\": \(line)}")
        for text in ["{\"a.png24\": \(list)}", "{\"a.png24\": \(numbered)}", "{\"_via_settings\": {}, \"_via_img_metadata\": {\"a.png24\": \(list)}}"] {
            let result = try read(text, as: "via.json")
            #expect(result.format == "via" && result.dataset.categories == ["cup", "jug"])
            #expect(boxes(result) == [[1, 2, 4, 6], [45, 20, 55, 30]])
            #expect(result.issues.count { $0.severity == .error } == 1, "\(result.issues)")
        }
    }

    @Test func `Custom Vision: what the training service answers`() throws {
        let result = try read(
            #"""
            [{"id": "7", "originalImageUri": "https://x.blob.core.windows.net/i/a.png?sv=1&sig=/2", "width": 100, "height": 50, "tags": [{"tagName": "cup"}],
            "regions": [{"tagName": "cup", "left": 0.1, "top": 0.2, "width": 0.5, "height": 0.4}]}]
            """#, as: "export.json")
        #expect(result.format == "customvision" && result.dataset.images.map(\.fileName) == ["a.png"])
        #expect(boxes(result) == [[10, 10, 60, 30]] && result.issues.isEmpty, "\(result.issues)")
    }

    @Test func `Create ML: centres, and Roboflow's folders of splits`() throws {
        let text = #"[{"image": "a.png", "annotations": [{"label": "cup", "coordinates": {"x": 20, "y": 25, "width": 10, "height": 20}}, {"label": "cup"}]}]"#
        let result = try read(text, as: "valid/_annotations.createml.json", with: ["valid/a.png"])
        #expect(result.format == "createml" && result.dataset.images.map(\.fileName) == ["valid/a.png"])
        #expect(boxes(result) == [[15, 15, 25, 35]] && result.splits == ["valid/a.png": "val"])
        #expect(result.issues.count == 1)
    }

    @Test func `Azure AutoML: a broken line costs one image, and addresses find their file by its end`() throws {
        let result = try read(
            #"""
            {"image_url": "azureml://subscriptions/0/datastores/d/paths/u/images/a.png", "image_details": {"width": 100, "height": 50}, "label": [{"label": "cup", "topX": 0.1, "topY": 0.2, "bottomX": 0.5, "bottomY": 1, "isCrowd": 1}]}
            {"image_url": "broken
            {"image_url": "azureml://d/paths/b.png", "label": [{"label": "cup", "polygon": [[0.1, 0.1, 0.5, 0.1, 0.3, 0.9]]}]}
            """#, as: "training-mltable-folder/train_annotations.jsonl", with: ["images/a.png", "images/b.png"])
        #expect(result.format == "azureml" && result.dataset.images.map(\.fileName) == ["a.png", "b.png"])
        #expect(boxes(result) == [[10, 10, 50, 50]] && result.dataset.images[0].objects[0].isCrowd)
        #expect(boxes(result, 1).count == 1 && result.splits["a.png"] == "train")
        #expect(result.issues.filter { $0.severity == .error }.map(\.line) == [2], "\(result.issues)")
    }

    @Test func `Datumaro: boxes, polygons, masks and what has no box`() throws {
        let result = try read(
            #"""
            {"items": [{"id": "a", "annotations": [
            {"type": "bbox", "label_id": 1, "bbox": [1, 2, 3, 4], "attributes": {"is_crowd": true}},
            {"type": "polygon", "label_id": 0, "points": [1, 1, 9, 1, 9, 20]},
            {"type": "mask", "label_id": 0, "rle": {"counts": [0, 20, 4980], "size": [50, 100]}},
            {"type": "label", "label_id": 0}, {"type": "points", "label_id": 0, "points": [1, 1]},
            {"type": "bbox", "label_id": 7, "bbox": [1, 2, 3, 4]}
            ], "image": {"path": "a.png", "size": [50, 100]}}],
            "categories": {"label": {"labels": [{"name": "cup"}, {"name": "jug"}]}}}
            """#, as: "annotations/val.json", with: ["images/val/a.png"])
        #expect(result.format == "datumaro" && result.dataset.categories == ["cup", "jug"])
        #expect(boxes(result) == [[1, 2, 4, 6], [1, 1, 9, 20], [0, 0, 1, 20]])
        #expect(result.dataset.images[0].objects[0].isCrowd && result.splits == ["val/a.png": "val"])
        #expect(result.issues.filter { $0.severity == .error }.map(\.line) == [5, 6], "\(result.issues)")
    }

    /// Datumaro writes the outline of an object beside its box, in one group.
    @Test func `Datumaro: a group is one object`() throws {
        let result = try read(
            #"""
            {"categories": {"label": {"labels": [{"name": "cup"}]}}, "items": [{"id": "a", "annotations": [
            {"type": "polygon", "group": 1, "label_id": 0, "points": [1, 1, 9, 1, 9, 20]}, {"type": "bbox", "group": 1, "label_id": 0, "bbox": [1, 2, 3, 4]},
            {"type": "polygon", "group": 2, "label_id": 0, "points": [1, 1, 9, 1, 9, 20]}, {"type": "polygon", "group": 2, "label_id": 0, "points": [30, 5, 40, 8]}
            ], "image": {"path": "a.png", "size": [50, 100]}}]}
            """#, as: "annotations/default.json", with: ["images/a.png"])
        #expect(boxes(result) == [[1, 2, 4, 6], [1, 1, 40, 20]] && result.issues.map(\.loss) == [.outlines], "\(result.issues)")
    }

    /// The packed counts are pycocotools 2.0's for a mask of 40 × 60 with two rectangles.
    @Test(arguments: [
        (#"{"counts": "e<?i0000000000000000000000000000000000000000i;2UD0je0", "size": [40, 60]}"#, [10.0, 5, 42, 39]),
        (#"{"counts": [0, 20, 30], "size": [10, 5]}"#, [0, 0, 2, 10]), (#"{"counts": [13, 4], "size": [10, 5]}"#, [1, 3, 2, 7]),
        (#"[[10, 20, 30, 20.5, 30, 40], [5, 25, 6, 25, 6, 26]]"#, [5, 20, 30, 40]),
    ])
    func `COCO: a segmentation alone gives its box`(segmentation: String, box: [Double]) throws {
        let result = try read(
            """
            {"images": [{"id": 1, "file_name": "a.png"}], "categories": [{"id": 1, "name": "x"}],
            "annotations": [{"image_id": 1, "category_id": 1, "segmentation": \(segmentation)}]}
            """, as: "coco.json")
        #expect(boxes(result) == [box] && result.issues.map(\.loss) == [.outlines], "\(result.issues)")
    }

    @Test(arguments: [
        #"{"counts": [13, -4], "size": [10, 5]}"#, #"{"counts": "~~~~~~~~~~~~~~~~~~~~~~~~", "size": [10, 5]}"#, #"{"counts": [1e300, 4], "size": [10, 5]}"#,
        #"{"counts": [1, 4], "size": [0, 5]}"#, #"{"counts": [NaN, 4], "size": [10, 5]}"#, #"{"counts": [1, 4], "size": [1e300, 1e300]}"#, "[]", "[[1]]",
        "[[NaN, 1, 2, 3]]",
    ])
    func `COCO: a segmentation without a meaning is left out`(segmentation: String) throws {
        let result = try read(
            """
            {"images": [{"id": 1, "file_name": "a.png"}], "categories": [{"id": 1, "name": "x"}],
            "annotations": [{"image_id": 1, "category_id": 1, "segmentation": \(segmentation)}]}
            """, as: "coco.json")
        #expect(result.dataset.objectCount == 0 && result.issues.map(\.severity) == [.error], "\(result.issues)")
    }

    @Test func `COCO: annotations may come before their images`() throws {
        let result = try read(
            #"{"annotations": [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}], "categories": [{"id": 1, "name": "x"}], "images": [{"id": 1, "file_name": "a.png"}]}"#,
            as: "coco.json")
        #expect(boxes(result) == [[1, 2, 4, 6]] && result.issues.isEmpty)
    }

    @Test(arguments: ["train: images/train\nval: [images/val]\n", "train: ../images/train\nval:\n- ./images/val\n", "train: train.txt\nval: val.txt\n"])
    func `YOLO: data.yaml divides the images`(splits: String) throws {
        let folder = try ScratchFolder()
        try folder.write(splits + "names: [cup]\n", to: "data.yaml")
        try folder.write("./images/train/a.png\n", to: "train.txt")
        try folder.write("./images/val/b.png\n", to: "val.txt")
        for (split, name) in [("train", "a"), ("val", "b")] {
            try folder.write(Sample.png(10, 10), to: "images/\(split)/\(name).png")
            try folder.write("0 0.5 0.5 0.2 0.2\n", to: "labels/\(split)/\(name).txt")
        }
        let result = try AllFormats.read(at: folder.path)
        #expect(result.splits == ["train/a.png": "train", "val/b.png": "val"] && result.dataset.objectCount == 2)
    }
}
