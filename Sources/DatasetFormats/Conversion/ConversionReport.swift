/// What a conversion did, and what it cost: printed as text, saved as JSON.
package struct ConversionReport: Sendable, Hashable, Codable {
    /// Where it is saved, in the folder that was written.
    package static let fileName = "conversion-report.json"

    /// Names of formats.
    package var from: String
    package var to: String
    package var images: Int
    package var objects: Int
    package var categories: [String]
    /// Images in each split; those that are in none are not counted here.
    package var splits: [String: Int]
    package var losses: LossLedger
    /// Faults of the source, a bounded number of them, and how many there were.
    package var issues: [DatasetIssue]
    package var issueCount: Int

    /// Nothing was lost and nothing was wrong.
    package var isClean: Bool { losses.isEmpty && issueCount == 0 }

    package var text: String {
        var lines = ["\(from) → \(to): \(images) images, \(objects) objects, \(categories.count) classes"]
        if !splits.isEmpty { lines.append("splits: " + splits.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")) }
        if losses.isEmpty {
            lines.append("nothing was lost")
        } else {
            lines.append("lost or changed:")
            let width = losses.counts.values.map { "\($0)".count }.max() ?? 1
            for kind in LossKind.allCases where losses[kind] > 0 {
                let count = "\(losses[kind])"
                let shift = kind == .rounded ? " (by \(Self.short(losses.largestShift)) pixels at most)" : ""
                lines.append("  " + String(repeating: " ", count: width - count.count) + count + "  " + kind.sentence + shift)
            }
        }
        if issueCount > 0 { lines.append("\(issueCount) issues in the source") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func short(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}
