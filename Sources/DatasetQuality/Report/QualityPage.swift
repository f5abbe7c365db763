import Detection
import Drawing
import Foundation
import Imaging

/// A report as one page that needs nothing else, with pictures of what was found.
package struct QualityPage: Sendable {
    private let report: QualityReport
    /// JPEG files for each finding that has any, by check and place.
    private var pictures: [String: [[[UInt8]]]] = [:]

    /// As many findings of a check as are shown with pictures, and listed at all.
    private static let pictured = 12
    private static let listed = 200

    /// Draws the pictures, on all cores.
    package init(_ report: QualityReport, of survey: DatasetSurvey) async throws {
        self.report = report
        let wanted = report.outcomes.flatMap { outcome in outcome.findings.prefix(Self.pictured).map { (outcome.check, $0) } }
        let drawn = try await AllCores.map(wanted.count, chunk: 1) { index in
            let finding = wanted[index].1
            return finding.images.prefix(4).enumerated().compactMap { place, name in
                Self.thumbnail(survey.path(of: name), place == 0 ? finding.boxes : [])
            }
        }
        for (place, files) in drawn.enumerated() { pictures[wanted[place].0, default: []].append(files) }
    }

    /// The picture in small with the boxes meant in red; nil when it cannot be decoded.
    private static func thumbnail(_ path: String, _ boxes: [BoundingBox]) -> [UInt8]? {
        guard let data = FileManager.default.contents(atPath: path), data.count <= ImageLimits.standard.bytes,
            let picture = try? ImageDecoder().decode(Array(data))
        else { return nil }
        let small = picture.reduced(toLongestSide: 260)
        let scale = Double(small.width) / Double(max(1, picture.width))
        let canvas = Canvas(small)
        for box in boxes {
            let place = box.clipped(width: Double(picture.width), height: Double(picture.height))
            // A box without an area still has a place: it is shown as a small square.
            let (width, height) = (max(6, place.width * scale), max(6, place.height * scale))
            let (x, y) = (place.centerX * scale - width / 2, place.centerY * scale - height / 2)
            canvas.stroke(Ink.white.faded(0.8), width: 4) { $0.rectangle(x, y, width, height) }
            canvas.stroke(Ink(hex: 0xE5342B), width: 2) { $0.rectangle(x, y, width, height) }
        }
        return try? ImageEncoder.jpeg(canvas.image, quality: 72)
    }

    package var html: String {
        ReportPage.html(
            title: report.source, style: Self.style,
            body: """
                <p class="verdict \(report.errors > 0 ? "error" : report.warnings > 0 ? "warning" : "note")">\(ReportPage.escaped(report.headline))</p>
                <table><tr><th>Check<th class="n">Errors<th class="n">Warnings<th class="n">Notes</tr>
                \(report.outcomes.map(row).joined(separator: "\n"))
                </table>
                \(report.outcomes.filter { $0.count > 0 }.map(section).joined(separator: "\n"))
                <p class="quiet">Read as \(ReportPage.escaped(report.format)). Red boxes are those a finding is about, as the label gives them.</p>
                """)
    }

    private func row(_ outcome: QualityReport.Outcome) -> String {
        func cell(_ count: Int, _ kind: String) -> String { "<td class=\"n\(count > 0 ? " " + kind : "")\">\(count)" }
        let title = outcome.count > 0 ? "<a href=\"#\(outcome.check)\">\(ReportPage.escaped(outcome.title))</a>" : ReportPage.escaped(outcome.title)
        return "<tr><td>\(title)\(cell(outcome.errors, "error"))\(cell(outcome.warnings, "warning"))\(cell(outcome.notes, "note"))</tr>"
    }

    private func section(_ outcome: QualityReport.Outcome) -> String {
        let shown = outcome.findings.prefix(Self.listed)
        let rows = shown.enumerated().map { place, finding in
            let files = pictures[outcome.check].flatMap { $0.indices.contains(place) ? $0[place] : nil } ?? []
            let images = files.map { ReportPage.picture($0, type: "jpeg", alternative: "") }.joined()
            let place = ReportPage.escaped(finding.file + (finding.line.map { ":\($0)" } ?? ""))
            return
                "<li><b class=\"\(finding.severity.rawValue)\">\(finding.severity.rawValue)</b> <code>\(place)</code> \(ReportPage.escaped(finding.message))<div>\(images)</div>"
        }
        let rest = outcome.count > shown.count ? "<p class=\"quiet\">… and \(outcome.count - shown.count) more.</p>" : ""
        return "<h2 id=\"\(outcome.check)\">\(ReportPage.escaped(outcome.title)): \(outcome.count)</h2><ul>\(rows.joined(separator: "\n"))</ul>\(rest)"
    }

    private static let style = """
        h1{overflow-wrap:anywhere}a{color:inherit}
        ul{list-style:none;padding:0}li{background:#fff;border-radius:8px;padding:.6rem .8rem;margin:.5rem 0;overflow-wrap:anywhere}
        li img{border-radius:6px;margin:.5rem .5rem 0 0;max-width:260px}code{color:#6b7385}
        .verdict{font-size:1.15rem;font-weight:600;padding:.7rem 1rem;border-radius:8px;color:#fff;background:#1e9e55}
        .verdict.error{background:#e5342b}.verdict.warning{background:#c77700}
        b.error,td.error{color:#e5342b}b.warning,td.warning{color:#c77700}b.note,td.note{color:#6b7385}td.error,td.warning{font-weight:600}
        """
}
