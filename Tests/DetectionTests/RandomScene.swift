import Detection

/// Truth and detections drawn from a seed: found, misplaced, mistaken and missed objects, crowds and difficult ones.
struct RandomScene {
    private(set) var truth: LabelledDataset
    private(set) var detections: [[DetectedObject]]

    var set: EvaluationSet { EvaluationSet(truth: truth, detections: detections) }

    init(seed: UInt64, images: Int = 12, hasTies: Bool = false) {
        var state = seed
        func draw() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 53)
        }
        func score() -> Double { hasTies ? (draw() * 5).rounded() / 5 + 0.01 : draw() }
        truth = LabelledDataset(categories: ["cup", "can", "jar"], images: [])
        detections = []
        for index in 0..<images {
            var objects: [LabelledObject] = []
            var found: [DetectedObject] = []
            for _ in 0..<Int(draw() * 8) {
                let size = 8 + draw() * 120, category = Int(draw() * 2.99)
                let box = BoundingBox(x: draw() * 500, y: draw() * 300, width: size, height: size * (0.5 + draw()))
                objects.append(LabelledObject(box: box, category: category, isCrowd: draw() < 0.08, isDifficult: draw() < 0.1))
                for _ in 0..<Int(draw() * 3) {
                    let shift = (draw() - 0.5) * size * 0.5
                    found.append(
                        DetectedObject(
                            box: BoundingBox(x: box.xMin + shift, y: box.yMin, width: box.width, height: box.height),
                            category: draw() < 0.85 ? category : Int(draw() * 2.99), score: score()))
                }
            }
            found.append(DetectedObject(box: BoundingBox(x: draw() * 500, y: 0, width: 40, height: 40), category: Int(draw() * 2.99), score: score()))
            truth.images.append(LabelledImage(fileName: "\(index).jpg", width: 640, height: 480, objects: objects))
            detections.append(found)
        }
    }

    /// The same scene with everything in another order.
    func turned(by shift: Int) -> EvaluationSet {
        func turn<T>(_ list: [T]) -> [T] { list.isEmpty ? [] : Array(list[(shift % list.count)...] + list[..<(shift % list.count)]) }
        var other = truth
        other.images = turn(truth.images).map { image in
            var image = image
            image.objects = turn(image.objects)
            return image
        }
        return EvaluationSet(truth: other, detections: turn(detections).map(turn))
    }
}
