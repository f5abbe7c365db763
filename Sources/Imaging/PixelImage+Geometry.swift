extension PixelImage {
    /// The picture at another size, bilinear without smoothing (see `reduced` for large reductions). Sizes below 1 become 1.
    package func resized(width newWidth: Int, height newHeight: Int) -> PixelImage {
        let (newWidth, newHeight) = (max(1, newWidth), max(1, newHeight))
        guard width > 0, height > 0 else { return PixelImage(width: newWidth, height: newHeight) }
        guard newWidth != width || newHeight != height else { return self }
        let sampler = BilinearSampler(
            image: self, width: newWidth, height: newHeight, stepX: Double(width) / Double(newWidth),
            stepY: Double(height) / Double(newHeight))
        return PixelImage(width: newWidth, height: newHeight) { target in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: newWidth * 3) { row in
                guard let row = row.baseAddress else { return }
                pixels.withUnsafeBufferPointer { source in
                    guard let source = source.baseAddress else { return }
                    for y in 0..<newHeight {
                        sampler.read(y, of: source, into: row)
                        let out = target + y * newWidth * 3
                        for index in 0..<(newWidth * 3) { out[index] = UInt8(row[index] + 0.5) }
                    }
                }
            }
        }
    }

    /// The picture made so small that its longest side is at most `longestSide`: every new pixel is the mean of the old
    /// pixels whose place falls into it, so nothing flickers between sizes. A picture that is small enough stays as it is.
    package func reduced(toLongestSide longestSide: Int) -> PixelImage {
        let longest = max(width, height)
        guard longestSide > 0, longest > longestSide else { return self }
        let newWidth = max(1, (width * longestSide + longest / 2) / longest)
        let newHeight = max(1, (height * longestSide + longest / 2) / longest)
        let columns = (0...newWidth).map { $0 * width / newWidth }
        return PixelImage(width: newWidth, height: newHeight) { target in
            pixels.withUnsafeBufferPointer { source in
                withUnsafeTemporaryAllocation(of: UInt32.self, capacity: width * 3) { sums in
                    for y in 0..<newHeight {
                        let (top, bottom) = (y * height / newHeight, (y + 1) * height / newHeight)
                        // Down the columns first: neighbours in memory, so that the processor adds many at once.
                        sums.initialize(repeating: 0)
                        for row in top..<bottom {
                            let line = row * width * 3
                            for index in 0..<(width * 3) { sums[index] &+= UInt32(source[line + index]) }
                        }
                        for x in 0..<newWidth {
                            var (red, green, blue) = (0, 0, 0)
                            for index in stride(from: columns[x] * 3, to: columns[x + 1] * 3, by: 3) {
                                red &+= Int(sums[index])
                                green &+= Int(sums[index + 1])
                                blue &+= Int(sums[index + 2])
                            }
                            let area = (bottom - top) * (columns[x + 1] - columns[x])
                            let out = target + (y * newWidth + x) * 3
                            out[0] = UInt8((red + area / 2) / area)
                            out[1] = UInt8((green + area / 2) / area)
                            out[2] = UInt8((blue + area / 2) / area)
                        }
                    }
                }
            }
        }
    }

    /// The part of the picture inside the rectangle, which is first cut to the picture; nil when nothing is left.
    package func cropped(x: Int, y: Int, width cropWidth: Int, height cropHeight: Int) -> PixelImage? {
        // A caller's numbers may be anything, so the far edges are added with a check.
        let (left, right) = Self.overlap(from: x, length: cropWidth, size: width)
        let (top, bottom) = Self.overlap(from: y, length: cropHeight, size: height)
        guard right > left, bottom > top else { return nil }
        var part: [UInt8] = []
        part.reserveCapacity((right - left) * (bottom - top) * 3)
        for row in top..<bottom { part += pixels[((row * width + left) * 3)..<((row * width + right) * 3)] }
        return PixelImage(width: right - left, height: bottom - top, pixels: part)
    }

    /// The picture mirrored left to right.
    package func mirrored() -> PixelImage { uprighted(from: .mirrored) }

    private static func overlap(from start: Int, length: Int, size: Int) -> (Int, Int) {
        let (end, overflows) = start.addingReportingOverflow(length)
        return (min(max(start, 0), size), overflows ? (length > 0 ? size : 0) : min(max(end, 0), size))
    }
}
