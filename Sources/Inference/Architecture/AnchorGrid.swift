/// The cells of the three output levels of a square picture, finest level first, row by row: where each prediction sits.
package struct AnchorGrid: Sendable, Hashable {
    /// Side of the picture in pixels.
    package let size: Int
    /// Centre of each cell, x then y, in cells of its level.
    package let centres: [Float]
    /// Pixels per cell, for each cell.
    package let strides: [Float]

    package var count: Int { strides.count }

    package init(size: Int) {
        self.size = size
        var centres: [Float] = []
        var strides: [Float] = []
        for stride in DetectorArchitecture.strides {
            let side = size / stride
            for row in 0..<side {
                for column in 0..<side {
                    centres.append(Float(column) + 0.5)
                    centres.append(Float(row) + 0.5)
                    strides.append(Float(stride))
                }
            }
        }
        self.centres = centres
        self.strides = strides
    }
}
