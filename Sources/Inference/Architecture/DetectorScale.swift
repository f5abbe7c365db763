/// The sizes of the detector family: one architecture, five widths and depths (the published YOLOv8 table).
package enum DetectorScale: String, Sendable, Hashable, Codable, CaseIterable {
    case nano = "n"
    case small = "s"
    case medium = "m"
    case large = "l"
    case extraLarge = "x"

    /// Reads "n", "yolov8n", "yolov8n.pt" or "yolov8n.yaml".
    package init?(modelName: String) {
        var name = modelName.lowercased()
        for suffix in [".pt", ".yaml", ".yml", ".safetensors"] where name.hasSuffix(suffix) { name.removeLast(suffix.count) }
        if name.hasPrefix("yolov8") { name.removeFirst("yolov8".count) }
        self.init(rawValue: name)
    }

    /// The size whose first convolution gives this many channels.
    package init?(stemChannels: Int) {
        guard let scale = Self.allCases.first(where: { $0.channels(64) == stemChannels }) else { return nil }
        self = scale
    }

    package var modelName: String { "yolov8\(rawValue)" }

    private var factors: (depth: Double, width: Double, maxChannels: Int) {
        switch self {
        case .nano: (1.0 / 3, 0.25, 1024)
        case .small: (1.0 / 3, 0.5, 1024)
        case .medium: (2.0 / 3, 0.75, 768)
        case .large: (1, 1, 512)
        case .extraLarge: (1, 1.25, 512)
        }
    }

    /// Channels of this size for a layer that has `base` at width 1; a multiple of eight.
    func channels(_ base: Int) -> Int {
        let wanted = Double(min(base, factors.maxChannels)) * factors.width
        return Int((wanted / 8).rounded(.up)) * 8
    }

    /// Repetitions of this size for a block that has `base` at depth 1; at least one.
    func repetitions(_ base: Int) -> Int {
        max(1, Int((Double(base) * factors.depth).rounded()))
    }
}
