/// Boxes of many images in columns, one entry per object: half a million of them are a few arrays, not half a million
/// allocations. Holds either truths or detections.
package struct ObjectColumns: Sendable {
    /// Index into `EvaluationSet.imageNames`.
    package private(set) var images: [Int32] = []
    /// Index into `EvaluationSet.classNames`.
    package private(set) var classes: [Int32] = []
    /// Pixels.
    package private(set) var xMin: [Double] = []
    package private(set) var yMin: [Double] = []
    package private(set) var xMax: [Double] = []
    package private(set) var yMax: [Double] = []
    /// Width times height as they were given; `xMax - xMin` may differ from a given width in the last digit.
    package private(set) var boxAreas: [Double] = []
    /// The confidence of a detection; the annotated area of a truth, in square pixels.
    package private(set) var weights: [Double] = []
    private(set) var flags: [Flags] = []

    struct Flags: OptionSet {
        let rawValue: UInt8
        static let crowd = Flags(rawValue: 1)
        static let difficult = Flags(rawValue: 2)
    }

    package init() {}

    /// The labels of a dataset, images numbered in its order.
    package init(truths dataset: LabelledDataset) {
        reserveCapacity(dataset.objectCount)
        for (index, image) in dataset.images.enumerated() {
            for object in image.objects {
                append(
                    image: index, class: object.category, object.box, weight: object.area, isCrowd: object.isCrowd, isDifficult: object.isDifficult)
            }
        }
    }

    package var count: Int { images.count }

    package mutating func reserveCapacity(_ count: Int) {
        images.reserveCapacity(count)
        classes.reserveCapacity(count)
        xMin.reserveCapacity(count)
        yMin.reserveCapacity(count)
        xMax.reserveCapacity(count)
        yMax.reserveCapacity(count)
        boxAreas.reserveCapacity(count)
        weights.reserveCapacity(count)
        flags.reserveCapacity(count)
    }

    /// Takes a box in COCO's form, corner and size, whose area is exactly width times height.
    /// - Parameter weight: see `weights`. Objects with numbers that are not finite are left out.
    /// - Returns: whether it was taken.
    @discardableResult
    package mutating func append(
        image: Int, class category: Int, x: Double, y: Double, width: Double, height: Double, weight: Double, isCrowd: Bool = false,
        isDifficult: Bool = false
    ) -> Bool {
        append(
            image: image, class: category, (x, y, x + width, y + height), area: width * height, weight: weight, isCrowd: isCrowd,
            isDifficult: isDifficult)
    }

    mutating func append(image: Int, class category: Int, _ box: BoundingBox, weight: Double, isCrowd: Bool = false, isDifficult: Bool = false) {
        append(
            image: image, class: category, (box.xMin, box.yMin, box.xMax, box.yMax), area: box.area, weight: weight, isCrowd: isCrowd,
            isDifficult: isDifficult)
    }

    @discardableResult
    private mutating func append(
        image: Int, class category: Int, _ edges: (xMin: Double, yMin: Double, xMax: Double, yMax: Double), area: Double, weight: Double,
        isCrowd: Bool, isDifficult: Bool
    ) -> Bool {
        // The sum is finite only where each of them is, but for overflow, which no picture reaches.
        guard (edges.xMin + edges.yMin + edges.xMax + edges.yMax + weight).isFinite, let image = Int32(exactly: image),
            let category = Int32(exactly: category)
        else { return false }
        images.append(image)
        classes.append(category)
        xMin.append(edges.xMin)
        yMin.append(edges.yMin)
        xMax.append(edges.xMax)
        yMax.append(edges.yMax)
        boxAreas.append(area)
        weights.append(weight)
        flags.append(isCrowd ? (isDifficult ? [.crowd, .difficult] : .crowd) : isDifficult ? .difficult : [])
        return true
    }

    func box(_ index: Int) -> BoundingBox { BoundingBox(xMin: xMin[index], yMin: yMin[index], xMax: xMax[index], yMax: yMax[index]) }

    /// Square pixels that an object shares with one of `other`.
    @inline(__always)
    func intersection(_ index: Int, with other: borrowing ObjectColumns, _ otherIndex: Int) -> Double {
        let width = min(xMax[index], other.xMax[otherIndex]) - max(xMin[index], other.xMin[otherIndex])
        guard width > 0 else { return 0 }
        let height = min(yMax[index], other.yMax[otherIndex]) - max(yMin[index], other.yMin[otherIndex])
        return height > 0 ? width * height : 0
    }

    /// Intersection over union of a detection with a truth of `truths`, 0 to 1. Of a crowd region, which is as large as it
    /// happens to be drawn, only the detection's own area counts.
    @inline(__always)
    func overlap(_ index: Int, with truths: borrowing ObjectColumns, _ truth: Int) -> Double {
        let shared = intersection(index, with: truths, truth)
        guard shared > 0 else { return 0 }
        let union = truths.flags[truth].contains(.crowd) ? boxAreas[index] : boxAreas[index] + truths.boxAreas[truth] - shared
        let overlap = shared / union
        // Boxes so large that their area is infinite overlap nothing.
        return overlap.isFinite ? overlap : 0
    }

    /// Gives images and classes other numbers; −1 for what an evaluation shall leave out.
    ///
    /// Each list holds the new number of each old one, all of them.
    package mutating func renumber(images newImages: [Int32], classes newClasses: [Int32]) {
        for index in images.indices {
            images[index] = newImages[Int(images[index])]
            classes[index] = newClasses[Int(classes[index])]
        }
    }

    /// Keeps the objects at `order`, in that order.
    mutating func reorder(_ order: [Int32]) {
        func gather<T>(_ column: inout [T]) {
            let old = column
            column = order.map { old[Int($0)] }
        }
        gather(&images)
        gather(&classes)
        gather(&xMin)
        gather(&yMin)
        gather(&xMax)
        gather(&yMax)
        gather(&boxAreas)
        gather(&weights)
        gather(&flags)
    }
}
