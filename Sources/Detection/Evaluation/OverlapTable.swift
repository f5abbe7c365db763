/// Truth and detections regrouped by class and image: the ground that every evaluator's matching stands on.
struct OverlapTable {
    let classCount: Int
    private let truths: ObjectsByClass<LabelledObject>
    private let detections: ObjectsByClass<DetectedObject>

    init(truth: LabelledDataset, detections: [[DetectedObject]]) {
        classCount = truth.categories.count
        truths = ObjectsByClass(truth.images.lazy.map(\.objects), classCount: classCount) {
            $0.box.isFinite ? $0.category : nil
        }
        self.detections = ObjectsByClass(detections.prefix(truth.images.count), classCount: classCount) {
            $0.score.isFinite && $0.box.isFinite ? $0.category : nil
        }
    }

    func detectionCount(ofClass category: Int) -> Int { detections.range(ofClass: category).count }

    /// Calls `body` for each image that has truth or detections of the class, in image order. The cell's storage is
    /// reused from call to call.
    func forEachCell(ofClass category: Int, maximumDetections: Int, _ body: (borrowing OverlapCell) -> Void) {
        var cell = OverlapCell()
        var (truth, truthEnd) = (truths.range(ofClass: category).lowerBound, truths.range(ofClass: category).upperBound)
        var (detection, detectionEnd) = (
            detections.range(ofClass: category).lowerBound, detections.range(ofClass: category).upperBound
        )
        while truth < truthEnd || detection < detectionEnd {
            let image = min(
                truth < truthEnd ? truths.images[truth] : .max, detection < detectionEnd ? detections.images[detection] : .max)
            let firstTruth = truth, firstDetection = detection
            while truth < truthEnd, truths.images[truth] == image { truth += 1 }
            while detection < detectionEnd, detections.images[detection] == image { detection += 1 }
            cell.fill(
                truths: truths.objects[firstTruth..<truth], detections: detections.objects[firstDetection..<detection],
                maximumDetections: maximumDetections)
            body(cell)
        }
    }
}

/// One class in one image: its truths, its detections best first, and how much each pair overlaps.
struct OverlapCell {
    private(set) var truths: [LabelledObject] = []
    private(set) var detections: [DetectedObject] = []
    /// A row of `truths.count` values for each detection.
    private(set) var overlaps: [Double] = []
    private var order: [Int] = []

    mutating func fill(truths: ArraySlice<LabelledObject>, detections: ArraySlice<DetectedObject>, maximumDetections: Int) {
        self.truths.removeAll(keepingCapacity: true)
        self.truths.append(contentsOf: truths)
        order.removeAll(keepingCapacity: true)
        order.append(contentsOf: detections.indices)
        // The index breaks ties, which makes the order stable whatever the standard library's sort promises.
        order.sort { (detections[$1].score, $0) < (detections[$0].score, $1) }
        self.detections.removeAll(keepingCapacity: true)
        overlaps.removeAll(keepingCapacity: true)
        for index in order.prefix(max(0, maximumDetections)) {
            let detection = detections[index]
            self.detections.append(detection)
            let area = detection.box.area
            for truth in self.truths {
                let intersection = detection.box.intersectionArea(with: truth.box)
                // A crowd region is as large as it happens to be drawn: only the detection's own area counts.
                let union = truth.isCrowd ? area : area + truth.box.area - intersection
                let overlap = intersection / union
                // Neither empty boxes (0/0) nor ones so large that their area is infinite overlap anything.
                overlaps.append(overlap.isFinite ? overlap : 0)
            }
        }
    }
}

/// Objects of many images in one array, ordered by class and then by image (a counting sort).
private struct ObjectsByClass<Object> {
    private(set) var objects: [Object] = []
    /// The image of each object.
    private(set) var images: [Int] = []
    private var starts: [Int]

    /// Objects whose `category` is nil or outside `0..<classCount` are left out.
    init(_ source: some Sequence<[Object]>, classCount: Int, category: (Object) -> Int?) {
        var flat: [(object: Object, image: Int, category: Int)] = []
        starts = [Int](repeating: 0, count: classCount + 1)
        for (image, members) in source.enumerated() {
            for object in members {
                guard let category = category(object), category >= 0, category < classCount else { continue }
                flat.append((object, image, category))
                starts[category + 1] += 1
            }
        }
        guard let first = flat.first else { return }
        for category in 0..<classCount { starts[category + 1] += starts[category] }
        var next = starts
        objects = [Object](repeating: first.object, count: flat.count)
        images = [Int](repeating: 0, count: flat.count)
        for entry in flat {
            objects[next[entry.category]] = entry.object
            images[next[entry.category]] = entry.image
            next[entry.category] += 1
        }
    }

    func range(ofClass category: Int) -> Range<Int> { starts[category]..<starts[category + 1] }
}
