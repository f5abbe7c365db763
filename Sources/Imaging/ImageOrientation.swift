/// How a camera was held: the Exif orientation tag (EXIF 2.3, tag 0x0112), by its number.
package enum ImageOrientation: UInt8, Sendable, Hashable, CaseIterable, Codable {
    case upright = 1
    case mirrored = 2
    case upsideDown = 3
    case mirroredUpsideDown = 4
    case mirroredQuarterLeft = 5
    /// The stored picture must be turned a quarter clockwise to stand upright.
    case quarterRight = 6
    case mirroredQuarterRight = 7
    /// The stored picture must be turned a quarter counter-clockwise to stand upright.
    case quarterLeft = 8

    /// Whether width and height change places.
    package var swapsSides: Bool { rawValue >= 5 }
}

extension PixelImage {
    /// The picture as a person would see it when the file's pixels carry this orientation tag.
    package func uprighted(from orientation: ImageOrientation) -> PixelImage {
        guard orientation != .upright else { return self }
        let (width, height) = (self.width, self.height)
        let (newWidth, newHeight) = orientation.swapsSides ? (height, width) : (width, height)
        let (lastX, lastY) = (width - 1, height - 1)
        // Where the target's first pixel lies in the source, and how far the source moves for one step right or down.
        let (startX, startY): (Int, Int)
        let (right, down): (Int, Int)
        switch orientation {
        case .upright: (startX, startY, right, down) = (0, 0, 1, width)
        case .mirrored: (startX, startY, right, down) = (lastX, 0, -1, width)
        case .upsideDown: (startX, startY, right, down) = (lastX, lastY, -1, -width)
        case .mirroredUpsideDown: (startX, startY, right, down) = (0, lastY, 1, -width)
        case .mirroredQuarterLeft: (startX, startY, right, down) = (0, 0, width, 1)
        case .quarterRight: (startX, startY, right, down) = (0, lastY, -width, 1)
        case .mirroredQuarterRight: (startX, startY, right, down) = (lastX, lastY, -width, -1)
        case .quarterLeft: (startX, startY, right, down) = (lastX, 0, width, -1)
        }
        let start = startY * width + startX
        return PixelImage(width: newWidth, height: newHeight) { target in
            pixels.withUnsafeBufferPointer { source in
                var out = 0
                for y in 0..<newHeight {
                    var pixel = start + y * down
                    for _ in 0..<newWidth {
                        target[out] = source[pixel * 3]
                        target[out + 1] = source[pixel * 3 + 1]
                        target[out + 2] = source[pixel * 3 + 2]
                        out += 3
                        pixel += right
                    }
                }
            }
        }
    }
}
