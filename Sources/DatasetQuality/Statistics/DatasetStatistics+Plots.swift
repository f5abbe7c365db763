import Drawing
import Foundation
package import Imaging

extension DatasetStatistics {
    /// The plots with the names of their files, without extension.
    package func plots() -> [(name: String, picture: PixelImage)] {
        func chart(_ title: String, _ bins: Bins) -> PixelImage {
            BarChart(title: title, bars: zip(bins.labels, bins.counts).map { ($0, Double($1)) }).drawn()
        }
        return [
            ("classes", BarChart(title: "Objects of each class", bars: categories.map { ($0.name, Double($0.objects)) }).drawn()),
            ("box-sides", chart("Side of a box in pixels (root of its area)", boxSides)),
            ("box-shares", chart("Part of the image in percent", boxShares)),
            ("box-shapes", chart("Shape of a box", aspectRatios)),
            ("objects-per-image", chart("Objects in an image", objectsPerImage)),
            ("image-sizes", BarChart(title: "Image sizes", bars: imageSizes.map { ("\($0.width) × \($0.height)", Double($0.images)) }).drawn()),
            ("centres", HeatMap(title: "Where the centres of boxes lie", columns: Self.grid, counts: centres).drawn()),
        ]
    }

    /// Writes each plot as a PNG into `folder`, which is made when missing.
    package func writePlots(to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for plot in plots() { try plot.picture.write(toFile: "\(folder)/\(plot.name).png") }
    }

    /// The plots and the table as one page that needs nothing else.
    package func html() throws -> String {
        let pictures = try plots().map { try ReportPage.picture(ImageEncoder.png($0.picture), type: "png", alternative: $0.name) }
        return ReportPage.html(
            title: source, style: "pre{background:#fff;border-radius:8px;padding:1rem;overflow:auto}",
            body: "\(pictures.joined(separator: "\n"))\n<pre>\(ReportPage.escaped(text))</pre>")
    }
}
