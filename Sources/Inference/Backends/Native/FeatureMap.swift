/// The numbers between two layers: `channels` planes of `height` × `width`, one picture. Halves of a map share its memory.
package final class FeatureMap {
    package let channels: Int
    package let height: Int
    package let width: Int
    package let values: UnsafeMutableBufferPointer<Float>
    /// The map whose memory this one looks at; nil when the memory is its own.
    private let owner: FeatureMap?

    /// A map of zeros.
    package init(channels: Int, height: Int, width: Int) {
        self.channels = channels
        self.height = height
        self.width = width
        owner = nil
        values = .allocate(capacity: channels * height * width)
        values.initialize(repeating: 0)
    }

    /// A map of the given numbers.
    package convenience init(channels: Int, height: Int, width: Int, values source: [Float]) {
        self.init(channels: channels, height: height, width: width)
        _ = values.update(from: source)
    }

    /// Looks at some of the planes of `whole`.
    init(of whole: FeatureMap, from channel: Int, count: Int) {
        channels = count
        height = whole.height
        width = whole.width
        owner = whole.owner ?? whole
        values = UnsafeMutableBufferPointer(rebasing: whole.values[(channel * whole.plane)..<((channel + count) * whole.plane)])
    }

    deinit { if owner == nil { values.deallocate() } }

    var plane: Int { height * width }
}
