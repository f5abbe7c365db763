import Drawing
package import Foundation
import Imaging

extension DriftReport {
    /// Writes `report.json`, `report.html` and `drift.png` into a folder, which is made when it is not there.
    package func write(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let chart = folder.appending(path: "drift.png")
        try self.chart.drawn().write(toFile: chart.path)
        try Data(html(chart: try Data(contentsOf: chart)).utf8).write(to: folder.appending(path: "report.html"), options: .atomic)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Last: whoever sees the report finds the rest.
        try encoder.encode(self).write(to: folder.appending(path: "report.json"), options: .atomic)
    }
}
