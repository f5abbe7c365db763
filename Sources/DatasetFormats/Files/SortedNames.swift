/// Many file names, found by name or by stem without a second copy of them.
struct SortedNames {
    let names: [String]

    init(_ names: [String]) {
        self.names = names.sorted()
    }

    func contains(_ name: String) -> Bool {
        let place = lowerBound(name)
        return place < names.count && names[place] == name
    }

    /// The first name that is `stem` and an extension.
    func first(withStem stem: String) -> String? {
        let start = stem + "."
        return names[lowerBound(start)...].prefix { $0.hasPrefix(start) }.first { DatasetFolder.withoutExtension($0) == stem }
    }

    private func lowerBound(_ name: String) -> Int {
        var (low, high) = (0, names.count)
        while low < high {
            let middle = (low + high) / 2
            if names[middle] < name { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
