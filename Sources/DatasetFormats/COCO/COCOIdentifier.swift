/// The id of an image or a category in COCO's files: mostly a number; a text that spells one is that number.
package enum COCOIdentifier: Sendable, Hashable, CustomStringConvertible {
    case number(Int)
    case text(String)

    package init(_ text: String) {
        self = Int(text).map(COCOIdentifier.number) ?? .text(text)
    }

    package var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .text(let text): text
        }
    }
}

/// Ids in order of appearance, each once.
struct COCOIdentifierList {
    private(set) var all: [COCOIdentifier] = []
    private var places: [COCOIdentifier: Int] = [:]
    private var last: (id: COCOIdentifier, place: Int)?

    /// The place of `id`, added at the end when it is new.
    mutating func place(of id: COCOIdentifier) -> Int {
        // Neighbours are mostly of one image.
        if let last, last.id == id { return last.place }
        let place = places[id] ?? all.count
        if place == all.count {
            places[id] = place
            all.append(id)
        }
        last = (id, place)
        return place
    }

    func known(_ id: COCOIdentifier) -> Int? { places[id] }
}
