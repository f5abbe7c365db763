import Detection

/// What a reader does with a box: keep it, cut it to its image, or leave it out.
enum BoxCheck {
    case kept(BoundingBox)
    /// Cut, and worth a word: more than a pixel was outside (less is rounding, and cut in silence).
    case clipped(BoundingBox, String)
    case refused(String)

    init(_ box: BoundingBox, width: Int, height: Int) {
        guard box.isFinite else {
            self = .refused("a box edge is not a finite number")
            return
        }
        guard box.width > 0, box.height > 0 else {
            self = .refused("the box has no area (\(box.summary))")
            return
        }
        let inside = box.clipped(width: Double(width), height: Double(height))
        guard inside.width > 0, inside.height > 0 else {
            self = .refused("the box lies outside the image of \(width) × \(height) (\(box.summary))")
            return
        }
        let excess = max(
            inside.xMin - box.xMin, inside.yMin - box.yMin, box.xMax - inside.xMax, box.yMax - inside.yMax)
        self =
            excess > 1
            ? .clipped(inside, "the box reaches beyond the image of \(width) × \(height) and was cut (\(box.summary))") : .kept(inside)
    }

    /// The box to keep, reporting what was done to it.
    func box(reporting report: (DatasetIssue.Severity, String) -> Void) -> BoundingBox? {
        switch self {
        case .kept(let box): return box
        case .clipped(let box, let message):
            report(.warning, message)
            return box
        case .refused(let message):
            report(.error, message)
            return nil
        }
    }
}

extension BoundingBox {
    fileprivate var summary: String { "x \(xMin) to \(xMax), y \(yMin) to \(yMax)" }
}

/// Class names in order of appearance, each once.
struct CategoryList {
    private(set) var names: [String] = []
    private var indices: [String: Int] = [:]

    init(_ names: [String] = []) {
        for name in names { _ = index(of: name) }
    }

    mutating func index(of name: String) -> Int {
        if let index = indices[name] { return index }
        indices[name] = names.count
        names.append(name)
        return names.count - 1
    }
}
