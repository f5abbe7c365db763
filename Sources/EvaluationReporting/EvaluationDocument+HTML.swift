package import Detection
import Drawing
import Imaging

extension EvaluationDocument {
    /// The evaluation as one page.
    /// - Parameters:
    ///   - title: the heading.
    ///   - picture: the JPEG of a named image with these mistakes drawn in; nil where there is no such file.
    package func html(title: String, picture: (ImageErrors) -> [UInt8]? = { _ in nil }) -> String {
        let parts: [String?] = [
            headline, named, protocolTable, chart, classTable, analysis.map(thresholdTable), analysis.map(errorTable), analysis.map(confusionTable),
            analysis.flatMap { gallery($0, picture) }, noteList,
        ]
        return ReportPage.html(title: title, style: Self.style, body: parts.compactMap { $0 }.joined(separator: "\n"))
    }

    private var headline: String {
        """
        <p class="headline">\(ReportPage.escaped(report.protocolName)): mean average precision <b>\(Self.number(report.meanAveragePrecision))</b>,
        at overlap 0.5 <b>\(Self.number(report.at50))</b></p>
        <p class="quiet">\(report.imageCount) images, \(report.truthCount) objects, \(report.detectionCount) detections.
        A dash stands where the truth holds nothing to measure.</p>
        """
    }

    private var named: String? {
        guard let numbers = report.named, !numbers.isEmpty else { return nil }
        let rows = numbers.sorted { $0.key < $1.key }.map { [ReportPage.escaped($0.key), Self.number($0.value)] }
        return section("As its own tool names them", Self.table(["\(report.protocolName)", "Value"], rows))
    }

    private var protocolTable: String? {
        guard let comparison else { return nil }
        var rows = [[ReportPage.escaped(comparison.from), "", Self.number(comparison.fromMeanAveragePrecision), "", Self.number(comparison.fromAt50)]]
        rows += comparison.steps.map { step in
            [
                "\(ReportPage.escaped(step.rule)): \(ReportPage.escaped(step.before)) <b>→</b> \(ReportPage.escaped(step.after))",
                "<i>\(ReportPage.escaped(step.concerns))</i>", Self.number(step.meanAveragePrecision), Self.change(step.change), Self.number(step.at50),
            ]
        }
        rows.append([ReportPage.escaped(comparison.to), "", Self.number(comparison.toMeanAveragePrecision), "", Self.number(comparison.toAt50)])
        return section(
            "From \(comparison.from) to \(comparison.to), rule by rule",
            Self.table(["Rule", "Touches", "Mean AP", "Change", "At 0.5"], rows, text: 2)
                + "<p class=\"quiet\">The changes add up to the difference; in another order single ones may differ.</p>")
    }

    private var chart: String? {
        guard let chart = precisionRecallChart, let png = try? ImageEncoder.png(chart.drawn()) else { return nil }
        return ReportPage.picture(png, type: "png", alternative: chart.title)
    }

    private var classTable: String? {
        guard !report.perClass.isEmpty else { return nil }
        let rows = report.perClass.map { score in
            [
                ReportPage.escaped(score.name), "\(score.truthCount)", "\(score.detectionCount)", Self.number(score.ap), Self.number(score.ap50),
                Self.number(score.ap75), Self.number(score.small), Self.number(score.medium), Self.number(score.large), Self.number(score.recall),
            ]
        }
        let headings = ["Class", "Objects", "Detections", "AP", "AP50", "AP75", "Small", "Medium", "Large", "Recall"]
        return section("Classes (\(report.protocolName))", Self.table(headings, rows))
    }

    private func thresholdTable(_ analysis: DetectionAnalysis) -> String {
        func cells(_ point: OperatingPoint?) -> [String] {
            [Self.number(point?.threshold), Self.number(point?.precision), Self.number(point?.recall), Self.number(point?.f1)]
        }
        let isAsked = ([analysis.overall] + analysis.perClass).contains { $0.atPrecision != nil }
        let rows = ([analysis.overall] + analysis.perClass).map { thresholds in
            [ReportPage.escaped(thresholds.className ?? "all")] + cells(thresholds.bestF1) + (isAsked ? cells(thresholds.atPrecision) : [])
        }
        let headings = ["Class", "Best F1 at", "Precision", "Recall", "F1"] + (isAsked ? ["Precise at", "Precision", "Recall", "F1"] : [])
        return section("Confidence thresholds", Self.table(headings, rows))
    }

    private func errorTable(_ analysis: DetectionAnalysis) -> String {
        let kinds = DetectionError.Kind.allCases
        let rows = ([analysis.overall] + analysis.perClass).filter { $0.className == nil || $0.errors.total > 0 }.map { entry in
            [ReportPage.escaped(entry.className ?? "all")] + kinds.map { "\(entry.errors[$0])" } + ["\(entry.errors.total)"]
        }
        return section(
            "Mistakes at confidence \(Self.number(analysis.threshold))",
            Self.table(["Class"] + kinds.map { $0.rawValue.capitalised } + ["All"], rows)
                + """
                <p class="quiet">This threshold \(ReportPage.escaped(analysis.thresholdReason)). Types after TIDE (Bolya et al., ECCV 2020):
                0.5 overlap is found, below 0.1 is background.</p>
                """)
    }

    /// The matrix itself for few classes; of many, the cells off its diagonal that are largest.
    private func confusionTable(_ analysis: DetectionAnalysis) -> String {
        let matrix = analysis.confusion
        let names = matrix.classNames + ["background"]
        guard names.count <= 21 else {
            let cells = names.indices.flatMap { row in names.indices.map { (row: row, column: $0, count: matrix.counts[row][$0]) } }
            let largest = cells.filter { $0.row != $0.column && $0.count > 0 }.enumerated()
                .sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.prefix(40).map(\.element)
            return section(
                "What is taken for what, most often",
                Self.table(
                    ["Is", "Seen as", "Times"], largest.map { [ReportPage.escaped(names[$0.row]), ReportPage.escaped(names[$0.column]), "\($0.count)"] },
                    text: 2))
        }
        let rows = names.indices.map { row in
            let sum = max(1, matrix.counts[row].reduce(0, +))
            let cells = names.indices.map { column -> String in
                let count = matrix.counts[row][column]
                let share = Double(count) / Double(sum)
                let colour = row == column ? "30,158,85" : "229,52,43"
                return #"<td class="n" style="background:rgba(\#(colour),\#(Self.number(share * 0.6)))">\#(count == 0 ? "" : "\(count)")"#
            }
            return "<tr><th>\(ReportPage.escaped(names[row]))\(cells.joined())</tr>"
        }
        let head = "<tr><th>is, seen as<th class=\"n\">" + names.map(ReportPage.escaped).joined(separator: "<th class=\"n\">") + "</tr>"
        return section("What is taken for what", "<table>\(head)\(rows.joined(separator: "\n"))</table>")
    }

    private func gallery(_ analysis: DetectionAnalysis, _ picture: (ImageErrors) -> [UInt8]?) -> String? {
        guard !analysis.worstImages.isEmpty else { return nil }
        let figures = analysis.worstImages.map { image -> String in
            let counts = DetectionError.Kind.allCases.filter { image.counts[$0] > 0 }.map { "\(image.counts[$0]) \($0.rawValue)" }
            let photo = picture(image).map { ReportPage.picture($0, type: "jpeg", alternative: image.imageName) } ?? ""
            let list = photo.isEmpty ? "<br>" + image.errors.prefix(12).map { ReportPage.escaped(ErrorPicture.words($0)) }.joined(separator: "; ") : ""
            return """
                <figure>\(photo)<figcaption><b>\(ReportPage.escaped(image.imageName))</b> \(image.hits) of \(image.truthCount) found;
                \(counts.joined(separator: ", "))\(list)</figcaption></figure>
                """
        }
        return section(
            "The worst of \(analysis.imagesWithErrors) images with mistakes", "<div class=\"gallery\">\(figures.joined(separator: "\n"))</div>")
    }

    private var noteList: String? {
        notes.isEmpty ? nil : section("Notes", "<ul>\(notes.map { "<li>\(ReportPage.escaped($0))" }.joined())</ul>")
    }

    private func section(_ title: String, _ content: String) -> String { "<h2>\(ReportPage.escaped(title))</h2>\n\(content)" }

    /// - Parameters:
    ///   - rows: markup.
    ///   - text: the first so many columns are words, the others numbers.
    private static func table(_ headings: [String], _ rows: [[String]], text: Int = 1) -> String {
        func row(_ cells: [String], _ tag: String) -> String {
            "<tr>" + cells.enumerated().map { $0.offset < text ? "<\(tag)>\($0.element)" : "<\(tag) class=\"n\">\($0.element)" }.joined() + "</tr>"
        }
        return "<table>\(row(headings.map(ReportPage.escaped), "th"))\n\(rows.map { row($0, "td") }.joined(separator: "\n"))</table>"
    }

    private static let style = """
        .headline{font-size:1.15rem}.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));gap:1rem}
        figure{margin:0;background:#fff;border-radius:8px;padding:.6rem}figcaption{font-size:13px;overflow-wrap:anywhere}
        """
}

extension String {
    fileprivate var capitalised: String { prefix(1).uppercased() + dropFirst() }
}
