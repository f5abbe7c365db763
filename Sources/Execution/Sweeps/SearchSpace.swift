internal import Foundation
package import Resources

/// The values that the trials of a sweep take. Pure: the same sweep gives the same trial the same values, whenever the
/// server asks.
package struct SearchSpace: Sendable {
    /// How one parameter varies.
    enum Parameter: Sendable {
        case choice([JSON])
        /// Type and numbers in the order of the wire.
        case distribution(String, [Double])
    }

    let parameters: [(name: String, parameter: Parameter)]

    /// Numbers that each distribution has (Azure's names; a trailing number of a `q…` is the step).
    private static let counts = [
        "uniform": 2, "loguniform": 2, "quniform": 3, "qloguniform": 3, "normal": 2, "lognormal": 2, "qnormal": 3, "qlognormal": 3, "randint": 1,
    ]

    /// - Parameter space: parameter to `["uniform", [0.001, 0.1]]`.
    package init(_ space: [String: JSON]) throws(Problem) {
        var parameters: [(name: String, parameter: Parameter)] = []
        for (name, value) in space.sorted(by: { $0.key < $1.key }) {
            let target = "searchSpace.\(name)"
            guard let parts = value.arrayValue, parts.count == 2, let type = parts[0].stringValue, let values = parts[1].arrayValue else {
                throw Problem(.invalidInput, "'\(target)' must be [\"TYPE\", [VALUES]], found \(value.text())", target: target)
            }
            if type == "choice" {
                // Clients write the values as one list inside the list of arguments.
                let choices = values.count == 1 ? values[0].arrayValue ?? values : values
                guard !choices.isEmpty else { throw Problem(.invalidInput, "'\(target)' has no value to choose from", target: target) }
                parameters.append((name, .choice(choices)))
                continue
            }
            let numbers = values.compactMap(\.doubleValue)
            guard let count = Self.counts[type], numbers.count == count, values.count == count, Self.isSound(type, numbers) else {
                throw Problem(
                    .invalidInput,
                    "'\(target)': \(value.text()) is no way to vary a parameter; known: choice, \(Self.counts.keys.sorted().joined(separator: ", "))",
                    target: target)
            }
            parameters.append((name, .distribution(type, numbers)))
        }
        self.parameters = parameters
    }

    private static func isSound(_ type: String, _ numbers: [Double]) -> Bool {
        if type.hasPrefix("q"), numbers[2] <= 0 { return false }
        if type == "randint" { return 1...Double(Int32.max) ~= numbers[0] }
        if type.hasSuffix("uniform") { return numbers[0] < numbers[1] }
        return numbers[1] >= 0
    }

    /// How many different trials there are; `nil` when a parameter is continuous.
    package var combinations: Int? {
        var product = 1
        for (_, parameter) in parameters {
            let count: Int
            switch parameter {
            case .choice(let values): count = values.count
            case .distribution("randint", let numbers): count = Int(numbers[0])
            default: return nil
            }
            let (next, isTooLarge) = product.multipliedReportingOverflow(by: count)
            product = isTooLarge ? .max : next
        }
        return product
    }

    /// The point `index` of the grid, the last parameter varying fastest; `nil` past its end or in a continuous space.
    package func gridPoint(_ index: Int) -> [String: String]? {
        guard let combinations, 0..<combinations ~= index else { return nil }
        var rest = index
        var values: [String: String] = [:]
        for (name, parameter) in parameters.reversed() {
            switch parameter {
            case .choice(let choices):
                values[name] = choices[rest % choices.count].parameterText
                rest /= choices.count
            case .distribution(_, let numbers):
                values[name] = String(rest % Int(numbers[0]))
                rest /= Int(numbers[0])
            }
        }
        return values
    }

    /// Random values of trial `index`.
    package func randomPoint(_ index: Int, seed: UInt64) -> [String: String] {
        var values: [String: String] = [:]
        for (position, (name, parameter)) in parameters.enumerated() {
            // Each value has a stream of its own: a parameter more changes nothing for the others.
            var stream = SplitMix64(state: seed ^ (UInt64(truncatingIfNeeded: index) << 20) ^ UInt64(truncatingIfNeeded: position))
            switch parameter {
            case .choice(let choices): values[name] = choices[Int(stream.next() % UInt64(choices.count))].parameterText
            case .distribution(let type, let numbers): values[name] = Self.sample(type, numbers, &stream)
            }
        }
        return values
    }

    /// A seed that follows from a name (FNV-1a, 64 bits).
    package static func seed(of name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// Azure's definitions: `q…` rounds to multiples of q, `log…` is the exponential of the other.
    private static func sample(_ type: String, _ numbers: [Double], _ stream: inout SplitMix64) -> String {
        if type == "randint" { return String(Int(stream.unit() * numbers[0])) }
        var value =
            type.hasSuffix("uniform")
            ? numbers[0] + stream.unit() * (numbers[1] - numbers[0]) : numbers[0] + stream.gaussian() * numbers[1]
        if type.contains("log") { value = exp(value) }
        if type.hasPrefix("q") { value = (value / numbers[2]).rounded() * numbers[2] }
        return "\(value)"
    }
}

extension JSON {
    /// A chosen value as the command line sees it.
    fileprivate var parameterText: String { boolValue.map { $0 ? "True" : "False" } ?? literalText ?? text() }
}

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Uniform in 0..<1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Standard normal (Box and Muller).
    mutating func gaussian() -> Double {
        let radius = (-2 * log(1 - unit())).squareRoot()
        return radius * cos(2 * .pi * unit())
    }
}
