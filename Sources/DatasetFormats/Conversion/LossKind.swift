/// What a dataset can lose on its way from one format to another.
package enum LossKind: String, Sendable, Codable, CaseIterable {
    // MARK: While reading, by what was wrong
    /// Images left out.
    case images
    /// Objects left out.
    case objects
    /// Boxes cut to their image by more than a pixel.
    case clamped
    /// Polygons, masks and the like of which only the box is left.
    case outlines
    /// Categories of one name that became one.
    case categoriesMerged

    // MARK: While writing, by what the target cannot hold
    case crowds
    case difficult
    case areas
    /// Boxes moved to whole pixels.
    case rounded
    case splits
    /// Images renamed because their label files would have had one name.
    case renamed
    /// Image files that were to be brought along and are not there.
    case imageFiles
    /// Classes that no object has.
    case unusedCategories
    /// Classes whose index is another when the target is read again.
    case renumbered
    /// Images whose sizes only their files tell.
    case imageSizes

    /// What one of it is, and what became of it.
    package var sentence: String {
        switch self {
        case .images: "images left out: see the issues"
        case .objects: "objects left out: see the issues"
        case .clamped: "boxes cut to their image"
        case .outlines: "outlines of which only the box is left"
        case .categoriesMerged: "categories merged with another of the same name"
        case .crowds: "crowd regions, now ordinary objects"
        case .difficult: "objects no longer marked difficult"
        case .areas: "areas other than that of the box, dropped"
        case .rounded: "boxes moved to whole pixels"
        case .splits: "images that no longer belong to a split"
        case .renamed: "images renamed, because two would have had one label file"
        case .imageFiles: "image files that are missing"
        case .unusedCategories: "categories without objects, dropped"
        case .renumbered: "categories with another index"
        case .imageSizes: "images whose size only their file tells now"
        }
    }
}

/// What was lost, counted, with the files it happened in as far as there is room.
package struct LossLedger: Sendable, Hashable, Codable {
    /// As many entries as are kept.
    package static let limit = 1_000

    package struct Entry: Sendable, Hashable, Codable {
        package var file: String
        package var kind: LossKind
        package var count: Int
        package var detail: String?
    }

    /// By the name of the kind.
    package private(set) var counts: [String: Int] = [:]
    package private(set) var entries: [Entry] = []
    /// Entries that found no room.
    package private(set) var entriesLeftOut = 0
    /// The most that an edge was moved, in pixels.
    package internal(set) var largestShift = 0.0

    package init() {}

    package subscript(kind: LossKind) -> Int { counts[kind.rawValue] ?? 0 }

    package var isEmpty: Bool { counts.isEmpty }

    mutating func add(_ kind: LossKind, _ count: Int = 1, file: String, detail: String? = nil) {
        guard count > 0 else { return }
        counts[kind.rawValue, default: 0] += count
        if entries.count < Self.limit {
            entries.append(Entry(file: file, kind: kind, count: count, detail: detail))
        } else {
            entriesLeftOut += 1
        }
    }

    /// Takes over what was lost while reading; the issues tell where.
    mutating func add(_ log: IssueLog) {
        for (kind, count) in log.losses { counts[kind.rawValue, default: 0] += count }
    }
}
