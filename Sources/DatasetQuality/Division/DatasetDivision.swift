package import DatasetFormats
import Detection
import Foundation
import Glibc

/// Divides a dataset into parts to learn from and to measure with.
///
/// Images that are the same or look the same stay together. Every class gets its share of every part as well as these groups allow
/// (iterative stratification: Sechidis, Tsoumakas and Vlahavas, "On the Stratification of Multi-label Data", ECML PKDD 2011). What
/// goes where depends on the contents of the image files, the labels and the seed; not on names, order or machine.
package struct DatasetDivision: Sendable {
    /// A part's name and its share of the images.
    package struct Part: Sendable, Hashable {
        package var name: String
        package var share: Double

        package init(_ name: String, _ share: Double) {
            self.name = name
            self.share = share
        }
    }

    /// What became of one part.
    package struct Outcome: Sendable, Hashable, Codable {
        package var part: String
        package var images: Int
        package var objects: Int
        /// By class, in the order of the report's classes.
        package var classes: [Int]
    }

    package struct Report: Sendable, Hashable, Codable {
        package var source: String
        package var seed: UInt64
        package var classes: [String]
        package var parts: [Outcome]
        /// Groups of images that had to stay together, and the images of the largest.
        package var groups: Int
        package var largestGroup: Int
        /// What the format written could not hold, by the name of the kind.
        package var losses: [String: Int] = [:]

        package var text: String {
            let width = max(8, (classes + ["images", "objects"]).map(\.count).max() ?? 0) + 2
            func row(_ name: String, _ cells: [String]) -> String {
                name + String(repeating: " ", count: max(1, width - name.count))
                    + cells.map { String(repeating: " ", count: max(1, 10 - $0.count)) + $0 }.joined()
            }
            var lines = [row("", parts.map(\.part)), row("images", parts.map { "\($0.images)" }), row("objects", parts.map { "\($0.objects)" })]
            lines += classes.indices.map { index in row(classes[index], parts.map { "\($0.classes[index])" }) }
            lines.append("\(groups) groups of same-looking images stayed together\(groups > 0 ? ", the largest of \(largestGroup)" : "") (seed \(seed))")
            for (kind, count) in losses.sorted(by: { $0.key < $1.key }) {
                lines.append("lost: \(count) \(LossKind(rawValue: kind)?.sentence ?? kind)")
            }
            return lines.joined(separator: "\n")
        }
    }

    private let survey: DatasetSurvey
    private let parts: [Part]
    private let seed: UInt64
    /// For every image of the survey the place of its part; nil for those without usable labels.
    package let assignment: [Int?]

    /// - Parameter parts: shares are taken relative to their sum.
    /// - Throws: for parts without a share, or names that come twice.
    package init(_ survey: DatasetSurvey, into parts: [Part], seed: UInt64) throws(QualityError) {
        let total = parts.reduce(0) { $0 + $1.share }
        guard parts.count > 1, total.isFinite, parts.allSatisfy({ $0.share > 0 && !$0.name.isEmpty }), Set(parts.map(\.name)).count == parts.count else {
            throw QualityError("A dataset is divided into two parts or more, each with a share above zero and a name of its own.")
        }
        self.survey = survey
        self.parts = parts
        self.seed = seed
        assignment = Self.assign(survey, shares: parts.map { $0.share / total }, seed: seed)
    }

    /// Images that stay together.
    private struct Group {
        var images: [Int] = []
        /// Decides the order among equals: the least of its images'.
        var order = UInt64.max
        /// How many of its images show a class.
        var classes: [Int: Int] = [:]
    }

    private static func assign(_ survey: DatasetSurvey, shares: [Double], seed: UInt64) -> [Int?] {
        var byRoot: [Int: Group] = [:]
        for (index, image) in survey.images.enumerated() {
            guard let labels = image.labels else { continue }
            // A file that is not there has only its name.
            let content = image.file.content ?? ContentHash(image.name)
            let root = survey.duplicates.group[index]
            var group = byRoot[root] ?? Group()
            group.images.append(index)
            group.order = min(group.order, content.order(seed: seed))
            for category in Set(labels.objects.map(\.category)) { group.classes[category, default: 0] += 1 }
            byRoot[root] = group
        }
        // Large groups first: what comes later can even them out.
        let groups = byRoot.values.sorted { ($1.images.count, $0.order) < ($0.images.count, $1.order) }
        let chosen = stratified(groups, shares: shares, classes: survey.categories)
        var assignment = [Int?](repeating: nil, count: survey.images.count)
        for (group, part) in zip(groups, chosen) {
            for image in group.images { assignment[image] = part }
        }
        return assignment
    }

    private static func stratified(_ groups: [Group], shares: [Double], classes: [String]) -> [Int] {
        var part = [Int](repeating: -1, count: groups.count)
        var totals = [Int](repeating: 0, count: classes.count)
        var members = [[Int]](repeating: [], count: classes.count)
        for (index, group) in groups.enumerated() {
            for (category, count) in group.classes {
                totals[category] += count
                members[category].append(index)
            }
        }
        // What each part still wants of each class, and of images at all.
        var wanted = shares.map { share in totals.map { Double($0) * share } }
        let images = groups.reduce(0) { $0 + $1.images.count }
        var room = shares.map { Double(images) * $0 }
        func place(_ index: Int, by need: (Int) -> Double) {
            let size = Double(groups[index].images.count)
            // A part that is full takes no more of one class for the sake of another.
            let open = shares.indices.filter { room[$0] >= size / 2 }
            let best = (open.isEmpty ? Array(shares.indices) : open).max { (need($0), room[$0], -$0) < (need($1), room[$1], -$1) } ?? 0
            part[index] = best
            room[best] -= size
            for (category, count) in groups[index].classes { wanted[best][category] -= Double(count) }
        }
        // The rarest class chooses first; ties by name, since the order of classes may change between formats.
        for category in classes.indices.sorted(by: { (totals[$0], classes[$0]) < (totals[$1], classes[$1]) }) {
            for index in members[category] where part[index] < 0 { place(index) { wanted[$0][category] } }
        }
        for index in groups.indices where part[index] < 0 { place(index) { room[$0] } }
        // With few groups rounding can leave a part empty.
        for empty in shares.indices where !part.contains(empty) {
            let largest = shares.indices.max { a, b in part.count { $0 == a } < part.count { $0 == b } } ?? 0
            if part.count(where: { $0 == largest }) > 1, let last = part.lastIndex(of: largest) { part[last] = empty }
        }
        return part
    }

    /// What the division is, without writing it.
    package var report: Report {
        var outcomes = parts.map { Outcome(part: $0.name, images: 0, objects: 0, classes: survey.categories.map { _ in 0 }) }
        var sizes: [Int: Int] = [:]
        for (index, image) in survey.images.enumerated() {
            guard let labels = image.labels, let part = assignment[index] else { continue }
            outcomes[part].images += 1
            outcomes[part].objects += labels.objects.count
            for object in labels.objects { outcomes[part].classes[object.category] += 1 }
            sizes[survey.duplicates.group[index], default: 0] += 1
        }
        let groups = sizes.values.filter { $0 > 1 }
        return Report(
            source: survey.source, seed: seed, classes: survey.categories, parts: outcomes, groups: groups.count, largestGroup: groups.max() ?? 1)
    }

    /// Writes the divided set into a new or empty folder, all or nothing. A format that cannot hold splits gets a folder for each part.
    package func write(to folder: String, as format: any DatasetFormat.Type, bringsImages: Bool = true) throws -> Report {
        let files = FileManager.default
        if let entries = try? files.contentsOfDirectory(atPath: folder), !entries.isEmpty {
            throw QualityError("\(folder) is not empty; what is there would be mixed with what is written. Name a new folder.")
        }
        let staging = (folder as NSString).standardizingPath + ".partial"
        try? files.removeItem(atPath: staging)
        do {
            let images = bringsImages ? DatasetSink.Images.optional(survey.imageFolder) : .none
            var report = self.report
            let holdsSplits = format.abilities.contains(.splits)
            for part in holdsSplits ? [nil] : parts.indices.map({ Optional($0) }) {
                let home = part.map { staging + "/" + parts[$0].name } ?? staging
                var sink = try DatasetSink(format, to: home, categories: survey.categories, images: images)
                for (index, image) in survey.images.enumerated() {
                    guard let labels = image.labels, let own = assignment[index], part == nil || own == part else { continue }
                    try sink.add(DatasetEntry(labels, split: holdsSplits ? parts[own].name : nil))
                }
                report.losses.merge(try sink.finish().counts) { $0 + $1 }
            }
            guard rename(staging, folder) == 0 else { throw QualityError("\(folder) cannot be put in place: \(String(cString: strerror(errno))).") }
            return report
        } catch {
            try? files.removeItem(atPath: staging)
            throw error
        }
    }
}
