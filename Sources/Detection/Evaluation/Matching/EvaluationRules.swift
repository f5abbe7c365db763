/// Everything that detection protocols decide differently. A protocol is a value of this, and the difference of two protocols
/// is the list of fields in which they differ (`ProtocolComparison`).
package struct EvaluationRules: Sendable, Hashable {
    /// How detections find their truths; best detection first in each.
    package enum Assignment: String, Sendable {
        /// Each takes the truth it overlaps most among those still free, and one that counts before one that does not (COCO).
        case bestFree
        /// Each looks only at the truth it overlaps most; is that taken, it is a false positive (Pascal VOC).
        case onlyBest
    }

    /// What a COCO crowd region does.
    package enum Crowds: String, Sendable {
        /// Takes any number of detections and counts for none; overlap is the share of the detection that lies inside.
        case absorb
        /// Is not there: what is found inside is a false positive.
        case leftOut
    }

    /// What Pascal VOC's difficult objects do.
    package enum Difficult: String, Sendable {
        /// Count for nothing, found or not.
        case ignored
        /// Are objects like any other.
        case counted
    }

    /// How many detections take part, best first.
    package enum Limit: Sendable, Hashable {
        case none
        /// Of each class in each image.
        case perClass(Int)
        /// Of each image; with `raised`, at least as many as the fullest image has truths.
        case perImage(Int, raised: Bool)
    }

    /// Which of two detections with equal scores goes first.
    package enum Ties: String, Sendable {
        case earlierFirst, laterFirst
    }

    /// How precision over recall becomes one number.
    package enum Integration: String, Sendable {
        /// The mean of the envelope at recall 0, 0.01 … 1 (COCO).
        case points101
        /// The mean of the envelope at recall 0, 0.1 … 1 (VOC 2007).
        case points11
        /// The area under the stepwise envelope (VOC 2010 and later).
        case area
        /// Trapezoids between recall 0, 0.01 … 1 under the envelope, which is 0 from the last hit on (Ultralytics 8.4).
        case trapezoids
        /// The same under an envelope that falls in a straight line from the last detection to 0 at recall 1, which gives credit for
        /// recall that was never reached (Ultralytics before).
        case trapezoidsFalling
    }

    /// The overlaps at which matching is done; ascending.
    package var overlaps: [Double]
    package var assignment: Assignment
    package var crowds: Crowds
    package var difficult: Difficult
    package var detectionLimit: Limit
    /// Detections below are thrown away.
    package var leastScore: Double
    package var ties: Ties
    package var integration: Integration
    /// Square pixels; the first range is "all", the others have numbers of their own.
    package var areaRanges: [ClosedRange<Double>]
    /// Recall is also counted with so many detections per image and class.
    package var recallLimits: [Int]

    package init(
        overlaps: [Double] = [0.5], assignment: Assignment, crowds: Crowds = .absorb, difficult: Difficult = .counted, detectionLimit: Limit = .none,
        leastScore: Double = -.infinity, ties: Ties = .earlierFirst, integration: Integration,
        areaRanges: [ClosedRange<Double>] = [-Double.infinity...Double.infinity],
        recallLimits: [Int] = []
    ) {
        self.overlaps = overlaps
        self.assignment = assignment
        self.crowds = crowds
        self.difficult = difficult
        self.detectionLimit = detectionLimit
        self.leastScore = leastScore
        self.ties = ties
        self.integration = integration
        self.areaRanges = areaRanges
        self.recallLimits = recallLimits
    }

    /// One bit of a word for each size and overlap bounds how many there can be.
    package static let mostOverlaps = 16

    /// 0.50 to 0.95 in ten steps, each the same double as NumPy's `linspace(.5, .95, 10)`: 0.6 + 0.05 is not 0.65.
    package static let standardOverlaps: [Double] = {
        let step = (0.95 - 0.5) / 9
        return (0..<9).map { 0.5 + Double($0) * step } + [0.95]
    }()

    /// Recall 0, 0.01 … 1.
    static let recallLevels: [Double] = (0..<100).map { Double($0) * 0.01 } + [1]

    func index(ofOverlap overlap: Double) -> Int? { overlaps.firstIndex { abs($0 - overlap) < 1e-9 } }
}
