/// Counts of numbers between edges.
package struct Bins: Sendable, Hashable, Codable {
    /// A number belongs to the first edge that it is below, or to the last bin.
    package let edges: [Double]
    package let labels: [String]
    package private(set) var counts: [Int]

    /// - Parameter labels: one more than edges.
    init(_ edges: [Double], _ labels: [String]) {
        self.edges = edges
        self.labels = labels
        counts = [Int](repeating: 0, count: edges.count + 1)
    }

    /// Bins of whole numbers or sizes, labelled by their edges.
    init(_ edges: [Double]) {
        let texts = edges.map(\.short)
        self.init(edges, ["below \(texts[0])"] + zip(texts, texts.dropFirst()).map { "\($0) to \($1)" } + ["\(texts[texts.count - 1]) and more"])
    }

    mutating func add(_ value: Double) {
        guard value.isFinite else { return }
        counts[edges.firstIndex { value < $0 } ?? edges.count] += 1
    }
}
