import DatasetFormats
import DatasetQuality
import Detection
import Foundation
import Testing

@Suite("Difference")
struct DifferenceTests {
    @Test func `a set does not differ from itself in another format`() async throws {
        let folder = try SampleSet.folder(SampleSet.dataset(12)), other = try ScratchFolder()
        _ = try DatasetConversion(folder.path, into: other.path, to: "voc").run()
        let before = try await DatasetSurvey(of: folder.path, depth: .bytes)
        let after = try await DatasetSurvey(of: other.path, depth: .bytes)
        let difference = DatasetDifference(from: before, to: after)
        #expect(difference.isEmpty && difference.boxes.unchanged == 12, "\(difference.text())")
    }

    @Test func `images and boxes that came, went, moved or changed`() async throws {
        let old = SampleSet.dataset(6)
        var new = old
        new.categories = ["jug", "cup", "mug"]
        for image in new.images.indices { new.images[image].objects[0].category = old.images[image].objects[0].category == 0 ? 1 : 0 }
        // 0: renamed, 1: another picture, 2: box moved by 4, 3: box replaced far away, 4: relabelled, 5: removed, and a new one.
        new.images[0].fileName = "renamed.png"
        new.images[2].objects[0].box = BoundingBox(x: 16, y: 20, width: 40, height: 30)
        new.images[3].objects[0].box = BoundingBox(x: 75, y: 55, width: 40, height: 30)
        new.images[4].objects[0].category = 2
        new.images[5].fileName = "new.png"
        let before = try SampleSet.folder(old)
        let after = try SampleSet.folder(new) { try Photo.png($0 == 1 ? 71 : $0 == 5 ? 75 : $0) }
        let difference = DatasetDifference(
            from: try await DatasetSurvey(of: before.path, depth: .bytes), to: try await DatasetSurvey(of: after.path, depth: .bytes))
        #expect(difference.renamed.map { [$0.from, $0.to] } == [["0.png", "renamed.png"]])
        #expect(difference.changed == ["1.png"] && difference.added == ["new.png"] && difference.removed == ["5.png"])
        #expect(difference.boxes.moved == 1 && difference.boxes.added == 1 && difference.boxes.removed == 1)
        #expect(difference.boxes.relabelled == 1 && difference.boxes.unchanged == 2)
        #expect(difference.images.map(\.image) == ["2.png", "3.png", "4.png"])
        #expect(difference.classes.map(\.name) == ["cup", "jug", "mug"] && difference.classes.map(\.before) == [3, 3, 0])
        #expect(difference.classes.map(\.after) == [2, 3, 1])
        #expect(try JSONDecoder().decode(DatasetDifference.self, from: JSONEncoder().encode(difference)) == difference)
    }

    @Test func `without image files names decide`() async throws {
        let folder = try ScratchFolder(), other = try ScratchFolder()
        var dataset = SampleSet.dataset(4)
        try COCOFormat.write(dataset, to: folder.path)
        dataset.images.removeLast()
        try COCOFormat.write(dataset, to: other.path)
        let difference = DatasetDifference(
            from: try await DatasetSurvey(of: folder.path, depth: .bytes), to: try await DatasetSurvey(of: other.path, depth: .bytes))
        #expect(difference.removed == ["3.png"] && difference.renamed.isEmpty && difference.boxes.unchanged == 3)
    }
}
