package import Imaging

/// What a request may say beside its pictures: the answer's shape and what counts as a detection. The names are the same in
/// the query, in a JSON body and in the fields of a form.
package struct ScoringWishes: Equatable, Sendable {
    /// The shape of an answer.
    package enum Shape: Hashable, Sendable {
        /// `[{"class_id", "class_name", "confidence", "box_xyxyn"}]`, as Ultralytics-style scoring scripts answer.
        case list
        /// Azure AutoML's `[{"boxes": [{"box": {"topX", …}, "label", "score"}]}]`.
        case autoML
        /// COCO's result list, boxes in pixels.
        case coco
        /// The picture with its boxes drawn.
        case picture(ImageFormat)

        package init?(name: String) {
            switch name.lowercased() {
            case "list": self = .list
            case "automl": self = .autoML
            case "coco": self = .coco
            case "png", "image/png": self = .picture(.png)
            case "jpeg", "jpg", "image/jpeg", "image/jpg": self = .picture(.jpeg)
            default: return nil
            }
        }
    }

    /// Asked for by name; nil leaves it to the `Accept` header and then to the form of the request.
    package var shape: Shape?
    package var confidence: Double?
    package var overlap: Double?
    package var maxDetections: Int?
    /// Names or numbers.
    package var classes: [String]?
    package var side: Int?

    /// - Parameter accept: the request's `Accept` header. A picture is drawn when one is preferred to JSON, or when JSON is
    ///   asked for with a `format` parameter, that shape is taken; a type that is not offered is passed over.
    package init(accept: String = "") {
        var best: (weight: Double, shape: Shape?) = (0, nil)
        for range in accept.split(separator: ",") {
            let pieces = range.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
            guard let type = pieces.first else { continue }
            let parameters = pieces.dropFirst().map { $0.split(separator: "=", maxSplits: 1).map(String.init) }.filter { $0.count == 2 }
            let weight = parameters.first { $0[0] == "q" }.flatMap { Double($0[1]) } ?? 1
            let named = parameters.first { $0[0] == "format" }.flatMap { Shape(name: $0[1]) }
            let isJSON = ["application/json", "application/*", "*/*"].contains(type)
            guard weight > best.weight, isJSON || type.hasPrefix("image/") else { continue }
            if isJSON { best = (weight, named) } else if let shape = Shape(name: type) { best = (weight, shape) }
        }
        shape = best.shape
    }

    /// Takes one setting; names that mean nothing here are passed over.
    /// - Throws: `InferenceError` for a value that cannot be used.
    package mutating func set(_ name: String, to words: [String]) throws {
        let word = words.count == 1 ? words[0] : ""
        func share() throws -> Double {
            guard let value = Double(word), (0...1).contains(value) else { throw InferenceError("\(name) must be a number from 0 to 1") }
            return value
        }
        func count(_ range: ClosedRange<Int>) throws -> Int {
            guard let value = Int(word), range.contains(value) else {
                throw InferenceError("\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }
        switch name {
        case "confidence", "conf": confidence = try share()
        case "overlap", "iou": overlap = try share()
        case "max_detections", "max_det": maxDetections = try count(1...100_000)
        case "imgsz": side = try count(32...4096)
        case "classes":
            classes = (words.count == 1 ? word.split(separator: ",").map(String.init) : words).map { $0.trimmed }.filter { !$0.isEmpty }
        case "format":
            guard let wanted = Shape(name: word) else {
                throw InferenceError("format \(word.prefix(40)) is not known; choose one of list, automl, coco, png, jpeg")
            }
            shape = wanted
        default: break
        }
    }

    /// `settings` with these wishes.
    /// - Throws: `InferenceError` for a class that the model does not have.
    package func settings(over settings: DetectionSettings, classNames: [String]) throws -> DetectionSettings {
        var result = settings
        if let confidence { result.confidence = confidence }
        if let overlap { result.overlap = overlap }
        if let maxDetections { result.maxDetections = maxDetections }
        if let side { result.side = side }
        if let classes {
            result.classes = Set(
                try classes.map { word in
                    if let index = classNames.firstIndex(of: word) { return index }
                    if let index = Int(word), classNames.indices.contains(index) { return index }
                    let known = classNames.prefix(20).joined(separator: ", ") + (classNames.count > 20 ? ", …" : "")
                    throw InferenceError("the model has no class \(word.prefix(40)); it knows \(known)")
                })
        }
        return result
    }
}

extension String {
    /// Without spaces at both ends.
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
