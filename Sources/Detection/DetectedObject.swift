/// One object that a detector claims to see.
package struct DetectedObject: Sendable, Hashable, Codable {
    /// Pixels of the image as given to the detector (letterboxing already undone).
    package var box: BoundingBox
    /// Index into the detector's class names.
    package var category: Int
    /// Confidence, 0 to 1.
    package var score: Double

    package init(box: BoundingBox, category: Int, score: Double) {
        self.box = box
        self.category = category
        self.score = score
    }
}
