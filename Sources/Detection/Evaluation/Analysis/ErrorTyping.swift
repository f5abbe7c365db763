/// Finds and types the mistakes of every image at one confidence threshold.
struct ErrorTyping {
    private static let found = 0.5, near = 0.1

    private let view: ImageView
    private let classNames: [String]
    private(set) var total = DetectionErrorCounts()
    /// By class of the detection, or of the missed object.
    private(set) var perClass: [DetectionErrorCounts]
    /// Images with mistakes, the worst first; equal ones in the order of the set.
    private(set) var images: [ImageErrors] = []

    init(_ set: EvaluationSet, threshold: Double) {
        view = ImageView(set, threshold: threshold)
        classNames = set.classNames
        perClass = Array(repeating: DetectionErrorCounts(), count: set.classNames.count)
        for index in set.imageNames.indices {
            let errors = examine(view.image(index), name: set.imageNames[index])
            if !errors.errors.isEmpty { images.append(errors) }
        }
        images = images.enumerated().sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }.map(\.element)
    }

    private mutating func examine(_ image: ImageView.Image, name: String) -> ImageErrors {
        // COCO's matching at overlap 0.5.
        var finder = [Int?](repeating: nil, count: image.truths.count)
        var wrong: [Int] = []
        for (place, detection) in image.detections.enumerated() {
            let free = image.truths.indices.filter { finder[$0] == nil && isSameClass(image, place, $0) && image.overlap(place, $0) >= Self.found }
            if let truth = free.max(by: { image.overlap(place, $0) < image.overlap(place, $1) }) {
                finder[truth] = place
            } else if !view.isInCrowd(detection, of: image, share: Self.found, sameClass: true) {
                wrong.append(place)
            }
        }

        var result = ImageErrors(
            imageName: name, weight: 0, truthCount: image.truths.count, hits: finder.count { $0 != nil }, counts: DetectionErrorCounts(), errors: [])
        var isExplained = [Bool](repeating: false, count: image.truths.count)
        for place in wrong {
            let (kind, truth) = type(image, place)
            let detection = image.detections[place]
            if let truth, kind == .classification || kind == .localisation { isExplained[truth] = true }
            let truthName = truth.map { classNames[view.truthClass(image.truths[$0])] }
            let className = classNames[view.detectionClass(detection)]
            add(
                DetectionError(
                    kind: kind, box: view.detectionBox(detection), className: className, score: view.score(detection),
                    truthName: truthName == className ? nil : truthName, overlap: truth.map { image.overlap(place, $0) }),
                category: view.detectionClass(detection), to: &result)
        }
        for (place, truth) in image.truths.enumerated() where finder[place] == nil && !isExplained[place] {
            let category = view.truthClass(truth)
            add(DetectionError(kind: .missed, box: view.truthBox(truth), className: classNames[category]), category: category, to: &result)
        }
        result.errors = result.errors.enumerated().sorted { ($1.element.score ?? 1, $0.offset) < ($0.element.score ?? 1, $1.offset) }.map(\.element)
        return result
    }

    private mutating func add(_ error: DetectionError, category: Int, to image: inout ImageErrors) {
        image.errors.append(error)
        image.weight += error.score ?? 1
        image.counts[error.kind] += 1
        total[error.kind] += 1
        perClass[category][error.kind] += 1
    }

    private func isSameClass(_ image: ImageView.Image, _ detection: Int, _ truth: Int) -> Bool {
        view.truthClass(image.truths[truth]) == view.detectionClass(image.detections[detection])
    }

    /// The type of a wrong detection, and the truth that it is about.
    private func type(_ image: ImageView.Image, _ detection: Int) -> (DetectionError.Kind, truth: Int?) {
        func best(sameClass: Bool) -> (truth: Int?, overlap: Double) {
            let truth = image.truths.indices.filter { isSameClass(image, detection, $0) == sameClass }
                .max { image.overlap(detection, $0) < image.overlap(detection, $1) }
            return (truth, truth.map { image.overlap(detection, $0) } ?? 0)
        }
        let (own, other) = (best(sameClass: true), best(sameClass: false))
        if own.overlap >= Self.found { return (.duplicate, own.truth) }
        if other.overlap >= Self.found { return (.classification, other.truth) }
        if own.overlap >= Self.near { return (.localisation, own.truth) }
        if other.overlap >= Self.near { return (.both, other.truth) }
        return (.background, nil)
    }
}
