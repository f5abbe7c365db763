import Detection

/// What changed from one version of a dataset to another. Images are told by the contents of their files, classes by name.
package struct DatasetDifference: Sendable, Hashable, Codable {
    package struct Renaming: Sendable, Hashable, Codable {
        package var from: String
        package var to: String
    }

    package struct ImageChange: Sendable, Hashable, Codable {
        package var image: String
        package var boxes: BoxChanges
    }

    package struct ClassCount: Sendable, Hashable, Codable {
        package var name: String
        /// Objects.
        package var before: Int
        package var after: Int
    }

    package var before: String
    package var after: String
    package var imagesBefore: Int
    package var imagesAfter: Int
    package var added: [String]
    package var removed: [String]
    /// Another picture under the same name.
    package var changed: [String]
    package var renamed: [Renaming]
    /// Of images in both versions.
    package var boxes = BoxChanges()
    /// Images in both versions whose boxes differ.
    package var images: [ImageChange] = []
    /// Images in both versions that went from one split to another.
    package var movedBetweenSplits: [String] = []
    package var classes: [ClassCount]
    /// What counts as the same object, and as still.
    package var leastOverlap = BoxChanges.leastOverlap
    package var stillness = BoxChanges.stillness

    package init(from before: DatasetSurvey, to after: DatasetSurvey) {
        let match = ImageMatch(before.images, after.images)
        self.before = before.source
        self.after = after.source
        (imagesBefore, imagesAfter) = (before.images.count, after.images.count)
        added = match.added.map { after.images[$0].name }.sorted()
        removed = match.removed.map { before.images[$0].name }.sorted()
        changed = match.pairs.filter { $0.kind == .changed }.map { after.images[$0.after].name }
        renamed = match.pairs.filter { $0.kind == .renamed }.map { Renaming(from: before.images[$0.before].name, to: after.images[$0.after].name) }
        for pair in match.pairs {
            let (old, new) = (before.images[pair.before], after.images[pair.after])
            let changes = Self.changes(old.labels, before.categories, new.labels, after.categories)
            boxes += changes
            if !changes.isEmpty { images.append(ImageChange(image: new.name, boxes: changes)) }
            // A set that is divided for the first time has not moved its images.
            if let was = old.split, let now = new.split, was != now { movedBetweenSplits.append(new.name) }
        }
        let (old, new) = (Self.counts(before), Self.counts(after))
        let names = before.categories + after.categories.filter { !before.categories.contains($0) }
        classes = names.map { ClassCount(name: $0, before: old[$0] ?? 0, after: new[$0] ?? 0) }
    }

    /// Nothing differs.
    package var isEmpty: Bool {
        added.isEmpty && removed.isEmpty && changed.isEmpty && renamed.isEmpty && images.isEmpty && movedBetweenSplits.isEmpty
            && classes.allSatisfy { $0.before == $0.after }
    }

    private static func changes(_ old: LabelledImage?, _ oldClasses: [String], _ new: LabelledImage?, _ newClasses: [String]) -> BoxChanges {
        // A picture that was scaled has its boxes scaled.
        let scaleX = old.flatMap { old in new.map { Double($0.width) / Double(max(1, old.width)) } } ?? 1
        let scaleY = old.flatMap { old in new.map { Double($0.height) / Double(max(1, old.height)) } } ?? 1
        return BoxChanges(
            (old?.objects ?? []).map { object in
                let box = object.box
                return (
                    BoundingBox(xMin: box.xMin * scaleX, yMin: box.yMin * scaleY, xMax: box.xMax * scaleX, yMax: box.yMax * scaleY),
                    oldClasses[object.category]
                )
            },
            (new?.objects ?? []).map { ($0.box, newClasses[$0.category]) })
    }

    private static func counts(_ survey: DatasetSurvey) -> [String: Int] {
        var counts: [String: Int] = [:]
        for image in survey.images {
            for object in image.labels?.objects ?? [] { counts[survey.categories[object.category], default: 0] += 1 }
        }
        return counts
    }

    /// For a terminal: the first names of everything.
    package func text(limit: Int = 10) -> String {
        var lines = ["images   \(imagesBefore) → \(imagesAfter)"]
        func part(_ title: String, _ names: [String]) {
            guard !names.isEmpty else { return }
            lines.append("  \(title) \(names.count): \(names.listed(limit))")
        }
        part("added", added)
        part("removed", removed)
        part("changed (other content)", changed)
        part("renamed", renamed.map { "\($0.from) → \($0.to)" })
        part("in another split", movedBetweenSplits)
        lines.append("objects  of images in both: \(boxes.isEmpty ? "no change" : boxes.sentence), \(boxes.unchanged) unchanged")
        lines += images.prefix(limit).map { "  \($0.image): \($0.boxes.sentence)" }
        if images.count > limit { lines.append("  … and \(images.count - limit) more images (-o json)") }
        lines.append(
            "         the same object: same class and an overlap of \(leastOverlap.short) or more; moved: an edge by more than \(stillness.short) pixels")
        let width = max(8, (classes.map(\.name.count).max() ?? 0) + 2)
        func row(_ name: String, _ cells: [String]) -> String {
            name + String(repeating: " ", count: max(1, width - name.count)) + cells.map { String(repeating: " ", count: max(1, 10 - $0.count)) + $0 }.joined()
        }
        lines.append(row("class", ["before", "after", "change"]))
        lines += classes.map { count in
            let change = count.after - count.before
            return row(count.name, ["\(count.before)", "\(count.after)", change == 0 ? "" : change > 0 ? "+\(change)" : "\(change)"])
        }
        return lines.joined(separator: "\n")
    }
}
