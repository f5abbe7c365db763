package import Imaging

/// How a picture looks, in little: enough to find its copies at other sizes, qualities and exposures.
package struct ImageLook: Sendable, Hashable {
    /// Which of two neighbours is brighter in a picture of 9 × 8 grey cells: the "difference hash" that Neal Krawetz described in
    /// "Kind of Like That" (2013).
    package let hash: UInt64
    /// 16 × 16 cells of brightness.
    package let cells: [UInt8]
    /// No cell has any colour worth the name.
    package let isGrey: Bool

    static let side = 16
    /// Columns and rows that divide into both grids.
    private static let fine = (columns: 144, rows: 16)

    package init(_ picture: PixelImage) {
        let (columns, rows) = Self.fine
        let picture =
            picture.width < columns || picture.height < rows
            ? picture.resized(width: max(picture.width, columns), height: max(picture.height, rows)) : picture
        let sums = Self.sums(picture)
        /// Mean red, green and blue of a cell when the picture is divided into `across` × `down`.
        func mean(_ column: Int, _ row: Int, _ across: Int, _ down: Int) -> (red: Int, green: Int, blue: Int) {
            var (red, green, blue, count) = (0, 0, 0, 0)
            for y in row * rows / down..<(row + 1) * rows / down {
                for x in column * columns / across..<(column + 1) * columns / across {
                    let at = (y * columns + x) * 4
                    red += sums[at]
                    green += sums[at + 1]
                    blue += sums[at + 2]
                    count += sums[at + 3]
                }
            }
            return (red / max(1, count), green / max(1, count), blue / max(1, count))
        }
        func brightness(_ colour: (red: Int, green: Int, blue: Int)) -> Int { (colour.red * 299 + colour.green * 587 + colour.blue * 114) / 1000 }

        var bits: UInt64 = 0
        for row in 0..<8 {
            let line = (0..<9).map { brightness(mean($0, row, 9, 8)) }
            for column in 0..<8 { bits = bits << 1 | (line[column] < line[column + 1] ? 1 : 0) }
        }
        hash = bits
        let colours = (0..<Self.side * Self.side).map { mean($0 % Self.side, $0 / Self.side, Self.side, Self.side) }
        cells = colours.map { UInt8(clamping: brightness($0)) }
        isGrey = colours.allSatisfy { max($0.red, $0.green, $0.blue) - min($0.red, $0.green, $0.blue) <= 3 }
    }

    init(hash: UInt64, cells: [UInt8], isGrey: Bool = false) {
        (self.hash, self.cells, self.isGrey) = (hash, cells, isGrey)
    }

    /// Red, green, blue and count of every fine cell. Of large pictures every so-manieth row and column is taken: half a million pixels tell enough.
    private static func sums(_ picture: PixelImage) -> [Int] {
        var sums = [Int](repeating: 0, count: fine.columns * fine.rows * 4)
        let (width, height) = (picture.width, picture.height)
        let (stepX, stepY) = (max(1, width / 720), max(1, height / 720))
        let columns = stride(from: 0, to: width, by: stepX).map { (pixel: $0 * 3, cell: $0 * fine.columns / width * 4) }
        picture.pixels.withUnsafeBufferPointer { pixels in
            sums.withUnsafeMutableBufferPointer { sums in
                for y in stride(from: 0, to: height, by: stepY) {
                    let (row, line) = (y * fine.rows / height * fine.columns * 4, y * width * 3)
                    for column in columns {
                        let (at, pixel) = (row + column.cell, line + column.pixel)
                        sums[at] &+= Int(pixels[pixel])
                        sums[at + 1] &+= Int(pixels[pixel + 1])
                        sums[at + 2] &+= Int(pixels[pixel + 2])
                        sums[at + 3] &+= 1
                    }
                }
            }
        }
        return sums
    }

    /// Whether the cells are the same picture but for brightness and contrast: their correlation is at least `correlation`. Two
    /// pictures without any contrast are alike when their brightness is.
    package func isAlike(_ other: ImageLook, correlation least: Double) -> Bool {
        guard cells.count == other.cells.count, !cells.isEmpty else { return false }
        var (sumA, sumB, squareA, squareB, product) = (0, 0, 0, 0, 0)
        for index in cells.indices {
            let (a, b) = (Int(cells[index]), Int(other.cells[index]))
            sumA += a
            sumB += b
            squareA += a * a
            squareB += b * b
            product += a * b
        }
        let count = cells.count
        let (varianceA, varianceB) = (Double(squareA * count - sumA * sumA), Double(squareB * count - sumB * sumB))
        // Cells that differ by less than about two levels are flat.
        let flat = 4.0 * Double(count * count)
        if varianceA < flat || varianceB < flat { return varianceA < flat && varianceB < flat && abs(sumA - sumB) <= 4 * count }
        return Double(product * count - sumA * sumB) >= least * (varianceA * varianceB).squareRoot()
    }
}
