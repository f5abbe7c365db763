/// Variance of the Laplacian of luma (Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", ICPR 2000):
/// low when the picture is out of focus or shows little, high when it is full of edges.
package enum Sharpness: ImageFact {
    package static let name = "sharpness"
    package static let summary = "variance of the Laplacian of luma at 320 pixels; below about 100 is blurred or empty"
    /// The Laplacian lies within ±4 * 255.
    package static let range = 0.0...1_040_400.0

    package static func value(of view: FactView) -> Double {
        let (width, height) = (view.image.width, view.image.height)
        guard width > 2, height > 2 else { return 0 }
        let edges = [Float](unsafeUninitializedCapacity: (width - 2) * (height - 2)) { edges, count in
            view.luma.withUnsafeBufferPointer { luma in
                for y in 1..<(height - 1) {
                    for x in 1..<(width - 1) {
                        let here = y * width + x
                        let edge = luma[here - 1] + luma[here + 1] + luma[here - width] + luma[here + width] - 4 * luma[here]
                        edges.initializeElement(at: count, to: edge)
                        count += 1
                    }
                }
            }
        }
        let deviation = FactView.moments(of: edges).deviation
        return deviation * deviation
    }
}
