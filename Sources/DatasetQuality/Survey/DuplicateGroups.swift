/// Which images of a dataset are the same, and which look the same, by their places in the survey.
package struct DuplicateGroups: Sendable, Hashable {
    /// When two pictures are the same to the eye.
    package struct Likeness: Sendable, Hashable {
        /// Bits of 64 in which the difference hashes may differ.
        package var distance: Int
        /// The least correlation of 16 × 16 cells.
        package var correlation: Double

        package init(distance: Int = 7, correlation: Double = 0.985) {
            self.distance = distance
            self.correlation = correlation
        }
    }

    /// Files with the same bytes; each group has two or more, in order.
    package private(set) var exact: [[Int]] = []
    /// Pictures that are linked by likeness or equality, each group with two or more different files.
    package private(set) var near: [[Int]] = []
    /// For every image its group: the place of the first image that is the same or looks the same.
    package private(set) var group: [Int]

    /// - Parameters:
    ///   - contents: nil for files that could not be read.
    ///   - looks: nil for those that could not be decoded.
    package init(contents: [ContentHash?], looks: [ImageLook?], likeness: Likeness = Likeness()) {
        var union = Union(count: contents.count)
        var first: [ContentHash: Int] = [:]
        var copies: [Int: [Int]] = [:]
        for (index, content) in contents.enumerated() {
            guard let content else { continue }
            if let original = first[content] {
                copies[original, default: [original]].append(index)
                union.join(original, index)
            } else {
                first[content] = index
            }
        }
        exact = copies.values.sorted { $0[0] < $1[0] }
        Self.link(looks.indices.filter { index in contents[index].map { first[$0] == index } ?? false }, looks, likeness, &union)
        group = contents.indices.map { union.root($0) }
        let groups = Dictionary(grouping: contents.indices) { group[$0] }
        near = groups.values.filter { members in members.count > 1 && Set(members.map { contents[$0] }).count > 1 }.sorted { $0[0] < $1[0] }
    }

    /// As many of one hash as are compared with another: of a thousand black pictures the first tell all.
    private static let compared = 16

    private static func link(_ images: [Int], _ looks: [ImageLook?], _ likeness: Likeness, _ union: inout Union) {
        var byHash: [UInt64: [Int]] = [:]
        for image in images {
            guard let look = looks[image] else { continue }
            let known = byHash[look.hash] ?? []
            for other in known where looks[other]?.isAlike(look, correlation: likeness.correlation) == true {
                union.join(other, image)
                break
            }
            if known.count < compared { byHash[look.hash] = known + [image] }
        }
        let hashes = byHash.keys.sorted()
        HashIndex(hashes).forEachPair(within: likeness.distance) { a, b in
            for one in byHash[hashes[a]] ?? [] {
                for other in byHash[hashes[b]] ?? [] {
                    guard let look = looks[one], let second = looks[other] else { continue }
                    if look.isAlike(second, correlation: likeness.correlation) { union.join(one, other) }
                }
            }
        }
    }
}

/// Sets that grow together; the root of a set is its smallest member.
private struct Union {
    private var parent: [Int]

    init(count: Int) { parent = Array(0..<count) }

    mutating func root(_ index: Int) -> Int {
        var root = index
        while parent[root] != root { root = parent[root] }
        var step = index
        while parent[step] != root { (parent[step], step) = (root, parent[step]) }
        return root
    }

    mutating func join(_ a: Int, _ b: Int) {
        let (one, other) = (root(a), root(b))
        parent[max(one, other)] = min(one, other)
    }
}
