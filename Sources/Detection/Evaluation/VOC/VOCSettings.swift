/// Which of the Pascal VOC rules to apply.
package struct VOCSettings: Sendable, Hashable, Codable {
    package enum Integration: String, Sendable, Codable {
        /// The area under the stepwise envelope: VOC 2010 and later.
        case allPoints = "allpoint"
        /// The mean precision at recall 0, 0.1 … 1: VOC 2007.
        case elevenPoints = "11point"
    }

    package var integration: Integration
    /// The least overlap that is a match; the devkit's 0.5.
    package var overlapThreshold: Double

    package init(integration: Integration = .allPoints, overlapThreshold: Double = 0.5) {
        self.integration = integration
        self.overlapThreshold = overlapThreshold
    }
}
