import DriftReporting
import Foundation
import Imaging

/// Facts of photos that never were, from a seed: the spreads of a few facts as a set of fridge photos has them.
struct FactMaker: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    /// Normally distributed (Box and Muller).
    mutating func normal(_ mean: Double, _ deviation: Double) -> Double {
        let (a, b) = (Double.random(in: 1e-12..<1, using: &self), Double.random(in: 0..<1, using: &self))
        return mean + deviation * (-2 * log(a)).squareRoot() * cos(2 * .pi * b)
    }

    /// - Parameter light: 1 as it is, 0.4 in the dark.
    mutating func table(
        _ count: Int, light: Double = 1, classes: [String] = ["can", "carton", "milk", "water"], source: FactTable.ObjectSource = .labels
    )
        -> FactTable
    {
        let rows = (0..<count).map { index in
            let facts = [
                Brightness.name: min(1, normal(0.5, 0.06) * light), Contrast.name: normal(0.2, 0.02) * light,
                Saturation.name: normal(0.3, 0.05), Sharpness.name: exp(normal(6, 0.5)) * light * light, Entropy.name: normal(7.4, 0.2),
                Colourfulness.name: normal(30, 5), AspectRatio.name: 0.75, Megapixels.name: 0.33,
            ]
            let objects = (0..<Int.random(in: 1...4, using: &self)).map { _ in
                FactTable.SeenObject(
                    category: classes[Int.random(in: 0..<classes.count, using: &self)], score: source == .model ? normal(0.8, 0.1) : nil,
                    areaShare: max(0.01, normal(0.1, 0.03)))
            }
            return FactTable.Row(name: "photo-\(index)", facts: facts, objects: objects)
        }
        return FactTable(rows: rows, objectSource: source)
    }
}

extension DriftReport {
    init(_ baseline: FactTable, _ production: FactTable, _ settings: DriftSettings = DriftSettings()) throws {
        try self.init(title: "test", baseline: baseline, named: "baseline", production: production, named: "production", settings: settings)
    }

    func result(_ name: String) -> FeatureResult? { results.first { $0.name == name } }
}
