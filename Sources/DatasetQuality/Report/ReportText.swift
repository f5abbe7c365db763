extension String {
    /// With a capital and a full stop.
    var asSentence: String { prefix(1).uppercased() + dropFirst() + (last == "." ? "" : ".") }
}

extension Double {
    /// Two decimals at most.
    var short: String {
        let rounded = (self * 100).rounded() / 100
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
    }
}

extension Sequence<String> {
    /// The first ones, and how many more there are.
    func listed(_ limit: Int = 5) -> String {
        let all = Array(self)
        return all.prefix(limit).joined(separator: ", ") + (all.count > limit ? " and \(all.count - limit) more" : "")
    }
}
