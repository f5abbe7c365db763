/// One mistake of a detector, typed after D. Bolya, S. Foley, J. Hays and J. Hoffman, "TIDE: A General Toolbox for Identifying
/// Object Detection Errors", ECCV 2020, with its overlaps: 0.5 is found, below 0.1 is nowhere near. Where a detection fits several
/// types, the first of the list below is taken.
package struct DetectionError: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// An object that a surer detection has found already.
        case duplicate
        /// An object of another class, well placed.
        case classification
        /// An object of its class, badly placed.
        case localisation
        /// An object of another class, badly placed.
        case both
        /// Nothing is there.
        case background
        /// An object that no detection found, nor mistook or misplaced.
        case missed
    }

    package var kind: Kind
    /// Of the detection, or of the missed object; pixels.
    package var box: BoundingBox
    /// The class of the detection, or of the missed object.
    package var className: String
    /// Of the detection.
    package var score: Double?
    /// The class of the object that the detection is about, where that is another one.
    package var truthName: String?
    /// How much the detection overlaps that object.
    package var overlap: Double?
}

/// How many mistakes of each type there are.
package struct DetectionErrorCounts: Sendable, Hashable, Codable {
    package var duplicate = 0
    package var classification = 0
    package var localisation = 0
    package var both = 0
    package var background = 0
    package var missed = 0

    package init() {}

    package var total: Int { DetectionError.Kind.allCases.reduce(0) { $0 + self[$1] } }

    package subscript(kind: DetectionError.Kind) -> Int {
        get { self[keyPath: Self.path(kind)] }
        set { self[keyPath: Self.path(kind)] = newValue }
    }

    private static func path(_ kind: DetectionError.Kind) -> WritableKeyPath<DetectionErrorCounts, Int> {
        switch kind {
        case .duplicate: \.duplicate
        case .classification: \.classification
        case .localisation: \.localisation
        case .both: \.both
        case .background: \.background
        case .missed: \.missed
        }
    }
}

/// One image with what went wrong in it.
package struct ImageErrors: Sendable, Hashable, Codable {
    package var imageName: String
    /// The confidences of all wrong detections and 1 for each missed object: sure mistakes weigh most.
    package var weight: Double
    package var truthCount: Int
    package var hits: Int
    package var counts: DetectionErrorCounts
    /// The heaviest first.
    package var errors: [DetectionError]
}
