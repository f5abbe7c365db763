import Foundation

/// Shannon entropy of the histogram of luma in 256 bins: how many tones the picture makes use of.
package enum Entropy: ImageFact {
    package static let name = "entropy"
    package static let summary = "entropy of luma in bits, 0 (one tone) to 8 (all tones alike)"
    package static let range = 0.0...8.0

    package static func value(of view: FactView) -> Double {
        var histogram = [Int](repeating: 0, count: 256)
        for luma in view.luma { histogram[min(255, Int(luma + 0.5))] += 1 }
        let total = Double(view.luma.count)
        let entropy = histogram.reduce(0.0) { sum, count in
            guard count > 0 else { return sum }
            let share = Double(count) / total
            return sum - share * log2(share)
        }
        return min(8, max(0, entropy))
    }
}
