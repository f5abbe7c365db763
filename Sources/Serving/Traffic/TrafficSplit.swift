/// How an endpoint's requests are spread over its deployments. Pure.
package struct TrafficSplit: Sendable, Hashable {
    /// Deployments with a positive share, by name, each with the sum of the shares up to its own.
    private let bounds: [Bound]

    private struct Bound: Sendable, Hashable {
        let name: String
        let upper: UInt64
    }

    /// - Parameter shares: percent by deployment; shares of 0 and below get no requests.
    package init(_ shares: [String: Int]) {
        var sum: UInt64 = 0
        bounds = shares.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { share in
            sum += UInt64(share.value)
            return Bound(name: share.key, upper: sum)
        }
    }

    package var isEmpty: Bool { bounds.isEmpty }
    package var deployments: [String] { bounds.map(\.name) }

    /// The deployment at `draw`, a number spread evenly over all of `UInt64`; `nil` when none has a share.
    package func deployment(at draw: UInt64) -> String? {
        guard let total = bounds.last?.upper else { return nil }
        // The high word of the product maps the draw onto 0 ..< total without a division.
        let position = draw.multipliedFullWidth(by: total).high
        return bounds.first { position < $0.upper }?.name
    }
}
