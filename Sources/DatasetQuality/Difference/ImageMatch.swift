/// Which image of one version is which of another.
struct ImageMatch {
    enum Kind {
        /// Same content, same name.
        case same
        /// Same content, another name.
        case renamed
        /// Same name, another content.
        case changed
    }

    /// Places in the two versions.
    var pairs: [(before: Int, after: Int, kind: Kind)] = []
    var removed: [Int] = []
    var added: [Int] = []

    /// By content and name, then by content, then by name; a file that cannot be read has only its name.
    init(_ before: [DatasetSurvey.Image], _ after: [DatasetSurvey.Image]) {
        var partner = [Int?](repeating: nil, count: before.count), taken = [Bool](repeating: false, count: after.count)
        let places = Dictionary(after.enumerated().map { ($1.name, $0) }) { first, _ in first }
        func pair(_ index: Int, _ other: Int, _ kind: Kind) {
            partner[index] = other
            taken[other] = true
            pairs.append((index, other, kind))
        }
        for (index, image) in before.enumerated() {
            if let other = places[image.name], !taken[other], image.file.content == after[other].file.content { pair(index, other, .same) }
        }
        var byContent: [ContentHash: [Int]] = [:]
        for (index, image) in after.enumerated().reversed() where !taken[index] {
            if let content = image.file.content { byContent[content, default: []].append(index) }
        }
        for (index, image) in before.enumerated() where partner[index] == nil {
            if let content = image.file.content, let other = byContent[content]?.popLast() { pair(index, other, .renamed) }
        }
        for (index, image) in before.enumerated() where partner[index] == nil {
            if let other = places[image.name], !taken[other] { pair(index, other, .changed) }
        }
        pairs.sort { $0.before < $1.before }
        removed = before.indices.filter { partner[$0] == nil }
        added = after.indices.filter { !taken[$0] }
    }
}
