/// Truths and detections of an evaluation by image instead of by class: what errors between classes are found with.
struct ImageView {
    private let set: EvaluationSet
    private let truths: [[Int32]]
    private let detections: [[Int32]]

    /// - Parameter threshold: detections below it are not there.
    init(_ set: EvaluationSet, threshold: Double) {
        self.set = set
        var truths = [[Int32]](repeating: [], count: set.imageNames.count)
        for (index, image) in set.truths.columns.images.enumerated() { truths[Int(image)].append(Int32(index)) }
        let columns = set.detections.columns
        var detections = [[Int32]](repeating: [], count: set.imageNames.count)
        for index in columns.images.indices where columns.weights[index] >= threshold {
            detections[Int(columns.images[index])].append(Int32(index))
        }
        self.truths = truths
        self.detections = detections
    }

    /// One image.
    struct Image {
        /// Truths that count.
        var truths: [Int]
        var crowds: [Int]
        /// Best first.
        var detections: [Int]
        /// A row of `truths.count` values for each detection.
        var overlaps: [Double]

        func overlap(_ detection: Int, _ truth: Int) -> Double { overlaps[detection * truths.count + truth] }
    }

    func image(_ index: Int) -> Image {
        let (truthColumns, columns) = (set.truths.columns, set.detections.columns)
        let all = truths[index].map(Int.init)
        var image = Image(
            truths: all.filter { !truthColumns.flags[$0].contains(.crowd) }, crowds: all.filter { truthColumns.flags[$0].contains(.crowd) },
            detections: detections[index].map(Int.init).sorted { columns.precedes($0, $1, ties: .earlierFirst) }, overlaps: [])
        image.overlaps = image.detections.flatMap { detection in
            image.truths.map { columns.overlap(detection, with: truthColumns, $0) }
        }
        return image
    }

    func truthClass(_ truth: Int) -> Int { Int(set.truths.columns.classes[truth]) }
    func detectionClass(_ detection: Int) -> Int { Int(set.detections.columns.classes[detection]) }
    func score(_ detection: Int) -> Double { set.detections.columns.weights[detection] }
    func truthBox(_ truth: Int) -> BoundingBox { set.truths.columns.box(truth) }
    func detectionBox(_ detection: Int) -> BoundingBox { set.detections.columns.box(detection) }

    /// Whether a detection lies at least by `share` in one of the crowd regions, of its own class only when asked.
    func isInCrowd(_ detection: Int, of image: Image, share: Double, sameClass: Bool) -> Bool {
        image.crowds.contains { crowd in
            (!sameClass || truthClass(crowd) == detectionClass(detection))
                && set.detections.columns.overlap(detection, with: set.truths.columns, crowd) >= share
        }
    }
}
