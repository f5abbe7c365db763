import Detection
import Drawing
import Foundation
import Imaging
import Testing

@Suite struct `Fridge scenes` {
    @Test func `the same seed gives the same picture and labels, another seed others`() {
        let (first, labels) = FridgeScene.render(seed: 5, width: 240, height: 180)
        let (again, same) = FridgeScene.render(seed: 5, width: 240, height: 180)
        #expect(first == again && labels == same)
        #expect(FridgeScene.render(seed: 6, width: 240, height: 180).0 != first)
    }

    @Test func `boxes lie inside the picture, have an area and name a class`() {
        var seen: Set<Int> = []
        for seed in 0..<12 {
            let (image, label) = FridgeScene.render(seed: UInt64(seed), width: 240, height: 180)
            #expect(image.width == 240 && image.height == 180 && label.width == 240 && label.height == 180)
            #expect(label.objects.count >= 3)
            for object in label.objects {
                #expect(object.box.xMin >= 0 && object.box.yMin >= 0 && object.box.xMax <= 240 && object.box.yMax <= 180)
                #expect(object.box.width >= 3 && object.box.height >= 3)
                #expect(FridgeScene.categories.indices.contains(object.category))
                seen.insert(object.category)
            }
        }
        #expect(seen == Set(0..<7))
    }

    /// Oranges are the only things of a strong colour where they stand alone, so their extent can be seen in the picture.
    @Test func `boxes are tight`() {
        let clear = SceneStyle(brightness: 1, warmth: 0, lampIsLit: true, noise: 0, softness: 0)
        var measured = 0
        for seed: UInt64 in [10, 47, 54, 100] {
            let (image, label) = FridgeScene.render(seed: seed, style: clear)
            for (index, object) in label.objects.enumerated() where FridgeScene.categories[object.category] == "orange" {
                let around = BoundingBox(
                    xMin: object.box.xMin - 6, yMin: object.box.yMin - 6, xMax: object.box.xMax + 6, yMax: object.box.yMax + 6)
                let isAlone = label.objects.enumerated().allSatisfy {
                    $0.offset == index || $0.element.box.intersectionArea(with: around) == 0
                }
                guard isAlone, around.clipped(width: 480, height: 360) == around else { continue }
                let colourful = extentOfColour(in: image, around)
                let gaps = [
                    colourful.xMin - object.box.xMin, colourful.yMin - object.box.yMin, colourful.xMax - object.box.xMax,
                    colourful.yMax - object.box.yMax,
                ]
                #expect(gaps.allSatisfy { abs($0) <= 2 }, "seed \(seed): \(gaps)")
                measured += 1
            }
        }
        #expect(measured >= 3)
    }

    private func extentOfColour(in image: PixelImage, _ place: BoundingBox) -> BoundingBox {
        var extent = BoundingBox(xMin: .infinity, yMin: .infinity, xMax: -.infinity, yMax: -.infinity)
        for y in Int(place.yMin)..<Int(place.yMax) {
            for x in Int(place.xMin)..<Int(place.xMax) {
                let pixel = image.pixels[((y * image.width + x) * 3)..<((y * image.width + x) * 3 + 3)]
                guard let highest = pixel.max(), let lowest = pixel.min(), Int(highest) - Int(lowest) > 85 else { continue }
                extent.xMin = min(extent.xMin, Double(x))
                extent.yMin = min(extent.yMin, Double(y))
                extent.xMax = max(extent.xMax, Double(x + 1))
                extent.yMax = max(extent.yMax, Double(y + 1))
            }
        }
        return extent
    }

    @Test func `darkening changes the light and not the things`() throws {
        let (light, labels) = FridgeScene.render(seed: 3, width: 240, height: 180)
        let (dark, same) = FridgeScene.render(seed: 3, style: .darkened, width: 240, height: 180)
        #expect(labels == same)
        let (before, after) = (ImageFacts(of: light), ImageFacts(of: dark))
        #expect(try #require(after[Brightness.self]) < 0.55 * (try #require(before[Brightness.self])))
    }

    @Test func `a set is COCO on disk and can be read back`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "scenes-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let dataset = try FridgeSceneSet.write(count: 3, size: (160, 120), seed: 1, to: folder)
        #expect(dataset.images.map(\.fileName) == ["fridge-0001.jpg", "fridge-0002.jpg", "fridge-0003.jpg"])
        let json = try Data(contentsOf: folder.appending(path: "annotations/coco_annotations.json"))
        let file = try #require(try JSONSerialization.jsonObject(with: json) as? [String: [[String: Any]]])
        #expect(file["annotations"]?.count == dataset.objectCount)
        #expect(file["categories"]?.compactMap { $0["name"] as? String } == FridgeScene.categories)
        let box = try #require(file["annotations"]?.first?["bbox"] as? [Double])
        let first = try #require(dataset.images.first?.objects.first?.box)
        #expect(box == [first.xMin, first.yMin, first.width, first.height])
        for image in dataset.images {
            let picture = try PixelImage(contentsOfFile: folder.appending(path: "images/\(image.fileName)").path)
            #expect(picture.width == 160 && picture.height == 120)
        }
        #expect(try FridgeSceneSet.write(count: 0, seed: 1, to: folder).images.isEmpty)
    }
}

@Suite struct `Drawing on photos` {
    @Test func `an overlay changes pixels only near its boxes`() {
        let photo = gradient(width: 200, height: 150)
        let box = BoundingBox(x: 60, y: 60, width: 50, height: 40)
        let detection = DetectedObject(box: box, category: 0, score: 0.87)
        let drawn = DetectionOverlay(classNames: ["can"]).drawn([detection], on: photo)
        #expect(drawn.width == 200 && drawn.height == 150)
        var changedNear = 0
        for y in 0..<150 {
            for x in 0..<200 {
                let index = (y * 200 + x) * 3
                let isChanged = drawn.pixels[index..<(index + 3)] != photo.pixels[index..<(index + 3)]
                let isNear = (56...116).contains(x) && (42...104).contains(y)
                if isNear { changedNear += isChanged ? 1 : 0 } else { #expect(!isChanged, "\(x), \(y)") }
            }
        }
        #expect(changedNear > 500)
    }

    @Test func `strange boxes are drawn or left out but never crash`() {
        let photo = gradient(width: 50, height: 40)
        let boxes = [
            BoundingBox(xMin: -1e12, yMin: -1e12, xMax: 1e12, yMax: 1e12), BoundingBox(xMin: .nan, yMin: 0, xMax: 10, yMax: 10),
            BoundingBox(xMin: 30, yMin: 30, xMax: 10, yMax: 10), BoundingBox(xMin: 0, yMin: 0, xMax: .infinity, yMax: 9),
        ]
        let marks = boxes.map { OverlayMark(box: $0, category: -3, score: .nan) }
        #expect(DetectionOverlay(classNames: []).drawn(marks, on: photo).width == 50)
        let none: [OverlayMark] = []
        #expect(DetectionOverlay(classNames: []).drawn(none, on: photo) == photo)
    }

    @Test func `a canvas gives back the picture it was made of`() {
        let photo = gradient(width: 33, height: 21)
        #expect(Canvas(photo).image == photo)
    }
}

@Suite struct `Charts` {
    @Test func `curves are drawn and gaps, constants and nothing at all are fine`() {
        let series: [[Double]] = [[], [1], [3, 3, 3], [1, .nan, 2, .infinity, 0.5], [1e300, -1e300], [0, 1e-15]]
        for values in series {
            let chart = CurveChart(title: "loss", series: [.init(name: "a", values: values)])
            #expect(chart.drawn(width: 300, height: 200).width == 300)
        }
        let flat = CurveChart(title: "loss", series: [.init(name: "a", values: [1, 1])]).drawn()
        let falling = CurveChart(title: "loss", series: [.init(name: "a", values: [1, 0.2])]).drawn()
        #expect(flat != falling)
        #expect(CurveChart.page([], columns: 0).width > 0)
    }

    @Test func `a feature over its threshold is red`() {
        func chart(_ distance: Double) -> PixelImage {
            DriftChart(
                title: "drift",
                features: [
                    .init(
                        name: "brightness", baselineValues: [1, 2, 3], productionValues: [1, 2, 3], measure: "NWD", distance: distance,
                        threshold: 0.1)
                ]
            ).drawn()
        }
        func reds(_ image: PixelImage) -> Int {
            stride(from: 0, to: image.pixels.count, by: 3).count {
                image.pixels[$0] > 200 && image.pixels[$0 + 1] < 90 && image.pixels[$0 + 2] < 90
            }
        }
        #expect(reds(chart(0.05)) == 0)
        #expect(reds(chart(0.3)) > 200)
        #expect(reds(chart(.nan)) > 200)
        #expect(DriftChart(title: "", features: []).drawn().width > 0)
        let strange = DriftChart.Feature(
            name: "x", baselineValues: [.nan], productionValues: [.infinity, 1e300], measure: "", distance: 0, threshold: 0)
        #expect(DriftChart(title: "", features: [strange]).drawn().width > 0)
    }

    @Test func `a contact sheet holds every picture`() {
        let cells = (0..<5).map { (image: PixelImage(width: 30, height: 20, red: 200), caption: "photo \($0)") }
        let sheet = ContactSheet.drawn(cells, columns: 3, cellWidth: 60, cellHeight: 40)
        #expect(sheet.width == 10 + 3 * 70 && sheet.height == 10 + 2 * 70)
        #expect(ContactSheet.drawn([], columns: 3).width > 0)
    }
}
