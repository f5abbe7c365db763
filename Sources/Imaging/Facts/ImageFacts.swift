/// The facts of one picture, measured by the same code for the training set and for production. JSON is one flat object,
/// fact name to number.
package struct ImageFacts: Sendable, Hashable, Codable {
    /// By `ImageFact.name`. May hold fewer facts than `AllFacts` when written by an older version.
    package var values: [String: Double]

    package init(values: [String: Double]) {
        self.values = values
    }

    /// Measures every fact of `AllFacts`.
    package init(of image: PixelImage) {
        let view = FactView(of: image)
        values = Dictionary(uniqueKeysWithValues: AllFacts.list.map { ($0.name, $0.value(of: view)) })
    }

    package subscript(fact: any ImageFact.Type) -> Double? { values[fact.name] }

    package init(from decoder: any Decoder) throws {
        values = try decoder.singleValueContainer().decode([String: Double].self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }
}
