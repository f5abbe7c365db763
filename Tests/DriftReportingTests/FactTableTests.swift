import Detection
import DriftReporting
import Foundation
import Imaging
import Testing

@Suite("Facts of two sides")
struct FactTableTests {
    @Test("collected requests are read line by line; what is broken is counted, what failed is not compared")
    func production() throws {
        let lines = """
            {"requestId": "a", "time": "2026-01-01T10:00:00Z", "status": 200, "facts": {"brightness": 0.5, "odd": "NaN"}, "detections": [{"category": "can", "score": 0.9, "box": [0.1, 0.1, 0.6, 0.3]}, {"category": "can", "box": [0, 0, 9, 1]}]}
            {"requestId": "b", "status": 500, "facts": {}, "detections": []}
            not json
            {"requestId": "c", "status": 200, "facts": {}, "detections": null}

            [1, 2]
            {"requestId": "d", "status": 200, "facts": [], "detections": [{}, {"category": 7, "box": [1]}]}
            """
        let table = FactTable.production(Data(lines.utf8))
        #expect(table.rows.map(\.name) == ["a", "c", "d"])
        #expect(table.failedRequests == 1)
        #expect(table.notes == ["2 lines of the collected requests are not records; the first is line 3"])
        #expect(table.rows[0].facts == ["brightness": 0.5])
        #expect(table.rows[0].objects?.map(\.category) == ["can", "can"])
        #expect(abs((table.rows[0].objects?[0].areaShare ?? 0) - 0.1) < 1e-9)
        #expect(table.rows[0].objects?[1].areaShare == 1)
        #expect(table.rows[1].objects == nil)
        #expect(table.rows[2].objects?.count == 2)
        #expect(FactTable.production(Data()).rows.isEmpty)
        #expect(throws: DriftError.self) { try FactTable.production(file: "/nowhere/production.jsonl") }
    }

    @Test("a folder of images is measured, with labels beside it, in a file of their own, or without; bad images are told")
    func dataset() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "facts-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let images = folder.appending(path: "images")
        try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
        for index in 0..<4 {
            try PixelImage(width: 40, height: 20, red: UInt8(60 * index), green: 90, blue: 90).write(toFile: images.appending(path: "\(index).png").path)
        }
        try Data("no image".utf8).write(to: images.appending(path: "9.png"))
        let bare = try FactTable.dataset(folder: images.path)
        #expect(bare.rows.count == 4)
        #expect(bare.objectSource == .none)
        #expect(bare.rows.allSatisfy { $0.objects == nil && $0.facts.count == AllFacts.list.count })
        #expect(bare.notes.contains { $0.contains("9.png") })
        #expect(try FactTable.dataset(folder: images.path, limit: 2).rows.map(\.name) == ["0.png", "2.png"])

        let coco = folder.appending(path: "labels.json")
        try Data(
            """
            {"images": [{"id": 1, "file_name": "0.png", "width": 40, "height": 20}, {"id": 2, "file_name": "1.png", "width": 40, "height": 20}],
             "categories": [{"id": 5, "name": "can"}], "annotations": [{"id": 1, "image_id": 1, "category_id": 5, "bbox": [0, 0, 20, 10], "area": 200, "iscrowd": 0}]}
            """.utf8
        ).write(to: coco)
        let labelled = try FactTable.dataset(folder: images.path, annotations: coco.path)
        #expect(labelled.objectSource == .labels)
        #expect(labelled.rows.map { $0.objects?.count } == [1, 0])
        #expect(labelled.rows[0].objects?.first == FactTable.SeenObject(category: "can", areaShare: 0.25))

        let box = BoundingBox(x: 0, y: 0, width: 40, height: 10)
        let seen = try FactTable.dataset(folder: images.path) { _ in [(DetectedObject(box: box, category: 0, score: 0.7), "can")] }
        #expect(seen.objectSource == .model)
        #expect(seen.rows[0].objects == [FactTable.SeenObject(category: "can", score: 0.7, areaShare: 0.5)])
        #expect(throws: (any Error).self) { try FactTable.dataset(folder: folder.path + "/absent") }
        #expect(throws: (any Error).self) { try FactTable.dataset(folder: images.path, annotations: folder.path + "/absent.json") }
    }
}
