package import Detection

/// One thing that can be wrong with a dataset. A check is a file here and an entry in `AllChecks`.
package protocol QualityCheck: SendableMetatype {
    /// As in reports, for example `missing-images`.
    static var name: String { get }
    static var title: String { get }
    static func findings(in survey: DatasetSurvey, settings: QualitySettings) -> [Finding]
}

/// How bad a finding is.
package enum Severity: String, Sendable, Hashable, Codable, CaseIterable {
    /// Training or measuring with it fails or gives wrong numbers.
    case error
    /// It is likely to be a mistake.
    case warning
    /// Worth knowing.
    case note
}

/// One fault, where it is, and what to do about it.
package struct Finding: Sendable, Hashable, Codable {
    package var severity: Severity
    /// The image or label file it is about.
    package var file: String
    /// Counted from 1, in a label file.
    package var line: Int?
    /// What, and what to do.
    package var message: String
    /// Names of the images to look at.
    package var images: [String]
    /// The boxes meant, in pixels of the first image, and their class.
    package var boxes: [BoundingBox]

    package init(
        _ severity: Severity, file: String, line: Int? = nil, _ message: String, images: [String] = [], boxes: [BoundingBox] = []
    ) {
        self.severity = severity
        self.file = file
        self.line = line
        self.message = message
        self.images = images
        self.boxes = boxes
    }
}

/// Where the checks draw their lines.
package struct QualitySettings: Sendable, Hashable {
    /// A class with fewer objects is hardly learnt.
    package var leastObjects = 10
    /// A class with so many times fewer objects than the most frequent one is skewed.
    package var skew = 20.0
    /// Two boxes of one class that overlap by so much are one object.
    package var repeatedOverlap = 0.95
    /// A box with a shorter side, in pixels, shows nothing.
    package var leastSide = 2.0

    package init() {}
}

/// Every check, as a list, the gravest first.
package enum AllChecks {
    package static let all: [any QualityCheck.Type] = [
        MissingImages.self, UnreadableImages.self, MisnamedImages.self, BrokenLabels.self, UnknownClasses.self, WrongSizes.self, FaultyBoxes.self,
        SplitLeaks.self, RepeatedBoxes.self, EqualImages.self, SimilarImages.self, TurnedImages.self, ClassSkew.self, TransparentImages.self,
        GreyImages.self,
    ]
}
