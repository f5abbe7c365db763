/// Class names in order of appearance, each once.
struct CategoryList {
    private(set) var names: [String] = []
    private var indices: [String: Int] = [:]

    init(_ names: [String] = []) {
        for name in names { _ = index(of: name) }
    }

    /// The place of a name that is listed; nil for others.
    subscript(name: String) -> Int? { indices[name] }

    mutating func index(of name: String) -> Int {
        if let index = indices[name] { return index }
        indices[name] = names.count
        names.append(name)
        return names.count - 1
    }
}
