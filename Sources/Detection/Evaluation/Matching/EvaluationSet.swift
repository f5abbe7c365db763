/// Truth and detections of a set of images, regrouped by class and image: what every evaluator stands on.
package struct EvaluationSet: Sendable {
    package let classNames: [String]
    package let imageNames: [String]
    let truths: GroupedObjects
    private(set) var detections: GroupedObjects

    /// Objects of no known class or image are left out. Equal scores are told apart by the order of images and, inside an
    /// image, of `detections`.
    package init(classNames: [String], imageNames: [String], truths: consuming ObjectColumns, detections: consuming ObjectColumns) {
        self.classNames = classNames
        self.imageNames = imageNames
        self.truths = GroupedObjects(truths, classCount: classNames.count, imageCount: imageNames.count)
        self.detections = GroupedObjects(detections, classCount: classNames.count, imageCount: imageNames.count)
    }

    /// - Parameters:
    ///   - truth: labelled images; `DetectedObject.category` indexes its `categories`.
    ///   - detections: one array per image of `truth`, in the same order. Images beyond its end count as having no detections,
    ///     arrays beyond the last image are left out, and so are detections of no known class or with numbers that are
    ///     not finite.
    package init(truth: LabelledDataset, detections: [[DetectedObject]]) {
        var found = ObjectColumns()
        for (index, objects) in detections.prefix(truth.images.count).enumerated() {
            for object in objects { found.append(image: index, class: object.category, object.box, weight: object.score) }
        }
        self.init(classNames: truth.categories, imageNames: truth.images.map(\.fileName), truths: ObjectColumns(truths: truth), detections: found)
    }

    package var truthCount: Int { truths.columns.count }
    package var detectionCount: Int { detections.columns.count }

    /// The set without the detections that `rules` throw away before any matching.
    func admitted(by rules: EvaluationRules) -> EvaluationSet {
        let columns = detections.columns
        var limit = Int.max
        if case .perImage(let most, let raised) = rules.detectionLimit {
            limit = raised ? max(most, Self.largestCount(truths.columns.images, imageCount: imageNames.count)) : most
        }
        let isCut = limit < Self.largestCount(columns.images, imageCount: imageNames.count)
        guard isCut || columns.weights.contains(where: { $0 < rules.leastScore }) else { return self }
        var kept = columns.weights.indices.filter { columns.weights[$0] >= rules.leastScore }
        if isCut {
            // Best first in each image; the grouped order tells equal scores apart.
            kept.sort { (columns.images[$0], -columns.weights[$0], $0) < (columns.images[$1], -columns.weights[$1], $1) }
            var (image, taken) = (Int32(-1), 0)
            kept = kept.filter { index in
                if columns.images[index] != image { (image, taken) = (columns.images[index], 0) }
                taken += 1
                return taken <= limit
            }
            kept.sort()
        }
        var result = self
        result.detections.keep(kept.map(Int32.init))
        return result
    }

    /// Calls `body` with the truths and the detections of each class in each image that has any, class by class.
    func forEachCell(_ body: (_ truths: Range<Int>, _ detections: Range<Int>) -> Void) {
        for category in classNames.indices { forEachCell(ofClass: category, body) }
    }

    func forEachCell(ofClass category: Int, _ body: (_ truths: Range<Int>, _ detections: Range<Int>) -> Void) {
        let truths = truths.range(ofClass: category), detections = detections.range(ofClass: category)
        let (truthImages, detectionImages) = (self.truths.columns.images, self.detections.columns.images)
        var (truth, detection) = (truths.lowerBound, detections.lowerBound)
        while truth < truths.upperBound || detection < detections.upperBound {
            let image = min(
                truth < truths.upperBound ? truthImages[truth] : .max, detection < detections.upperBound ? detectionImages[detection] : .max)
            let (firstTruth, firstDetection) = (truth, detection)
            while truth < truths.upperBound, truthImages[truth] == image { truth += 1 }
            while detection < detections.upperBound, detectionImages[detection] == image { detection += 1 }
            body(firstTruth..<truth, firstDetection..<detection)
        }
    }

    static func largestCount(_ images: [Int32], imageCount: Int) -> Int {
        var counts = [Int](repeating: 0, count: imageCount)
        for image in images { counts[Int(image)] += 1 }
        return counts.max() ?? 0
    }
}

/// Objects ordered by class, then by image, then as they were given.
struct GroupedObjects: Sendable {
    private(set) var columns: ObjectColumns
    private var starts: [Int]

    init(_ given: consuming ObjectColumns, classCount: Int, imageCount: Int) {
        columns = given
        starts = []
        var order = (0..<Int32(columns.count)).filter { index in
            (0..<imageCount).contains(Int(columns.images[Int(index)])) && (0..<classCount).contains(Int(columns.classes[Int(index)]))
        }
        // Least significant key first: each pass keeps the order of the one before.
        if zip(order, order.dropFirst()).contains(where: { columns.images[Int($0)] > columns.images[Int($1)] }) {
            order = Self.sorted(order, by: columns.images, bins: imageCount)
        }
        order = Self.sorted(order, by: columns.classes, bins: classCount)
        columns.reorder(order)
        countClasses(classCount)
    }

    func range(ofClass category: Int) -> Range<Int> { starts[category]..<starts[category + 1] }

    /// - Parameter order: ascending.
    mutating func keep(_ order: [Int32]) {
        columns.reorder(order)
        countClasses(starts.count - 1)
    }

    private mutating func countClasses(_ classCount: Int) {
        starts = [Int](repeating: 0, count: classCount + 1)
        for category in columns.classes { starts[Int(category) + 1] += 1 }
        for category in 0..<classCount { starts[category + 1] += starts[category] }
    }

    /// A stable counting sort.
    private static func sorted(_ order: [Int32], by keys: [Int32], bins: Int) -> [Int32] {
        var next = [Int](repeating: 0, count: bins + 1)
        for index in order { next[Int(keys[Int(index)]) + 1] += 1 }
        for bin in 0..<bins { next[bin + 1] += next[bin] }
        return [Int32](unsafeUninitializedCapacity: order.count) { buffer, count in
            for index in order {
                let bin = Int(keys[Int(index)])
                buffer[next[bin]] = index
                next[bin] += 1
            }
            count = order.count
        }
    }
}
