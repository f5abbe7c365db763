import DatasetQuality
import Detection
import Foundation
import Testing

@Suite("Statistics")
struct StatisticsTests {
    @Test func `counts, sizes, shapes and centres`() throws {
        let boxes = [
            BoundingBox(x: 0, y: 0, width: 20, height: 20), BoundingBox(x: 0, y: 0, width: 200, height: 40),
            BoundingBox(x: 300, y: 300, width: 100, height: 100),
        ]
        let dataset = LabelledDataset(
            categories: ["cup", "jug"],
            images: [
                LabelledImage(
                    fileName: "a.png", width: 400, height: 400, objects: boxes.enumerated().map { LabelledObject(box: $1, category: $0 == 2 ? 1 : 0) }),
                LabelledImage(fileName: "b.png", width: 400, height: 400, objects: []),
            ])
        let folder = try SampleSet.folder(dataset)
        let statistics = try DatasetStatistics(of: folder.path)
        #expect(statistics.images == 2 && statistics.imagesWithoutObjects == 1 && statistics.objects == 3)
        #expect(statistics.sizes.small == 1 && statistics.sizes.medium == 1 && statistics.sizes.large == 1)
        #expect(statistics.categories.map { [$0.sizes.small, $0.sizes.medium, $0.sizes.large] } == [[1, 1, 0], [0, 0, 1]])
        #expect(statistics.categories.map(\.objects) == [2, 1] && statistics.categories.map(\.images) == [1, 1])
        #expect(statistics.objectsPerImage.counts[0] == 1 && statistics.objectsPerImage.counts[3] == 1)
        #expect(statistics.aspectRatios.counts == [0, 0, 0, 2, 0, 0, 1])
        #expect(statistics.imageSizes.map { [$0.width, $0.height, $0.images] } == [[400, 400, 2]] && statistics.imageSizeCount == 1)
        // Centres at (10, 10), (100, 20) and (350, 350) of 400, in cells of 12.5.
        let grid = DatasetStatistics.grid
        #expect(statistics.centres.enumerated().filter { $0.element > 0 }.map(\.offset) == [0, grid + 8, 28 * grid + 28])
        #expect(statistics.text.contains("cup") && statistics.text.contains("400 × 400"))
    }

    @Test func `plots are written, also of nothing`() throws {
        let folder = try SampleSet.folder(LabelledDataset(categories: ["cup"], images: [LabelledImage(fileName: "a.png", width: 9, height: 9, objects: [])]))
        let statistics = try DatasetStatistics(of: folder.path)
        try statistics.writePlots(to: folder.path + "/plots")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/plots")
        #expect(Set(files) == Set(statistics.plots().map { $0.name + ".png" }))
        #expect(try statistics.html().contains("data:image/png;base64,"))
    }
}
