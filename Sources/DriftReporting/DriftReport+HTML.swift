import Drawing
package import Foundation

extension DriftReport {
    /// The report as one page that needs nothing else.
    /// - Parameter chart: the PNG of `chart`; `nil` leaves it out.
    package func html(chart: Data?) -> String {
        let picture = chart.map {
            ReportPage.picture($0, type: "png", alternative: "How each feature is spread in the baseline and in production")
        }
        let body = """
            <p class="verdict \(verdict.rawValue)">\(ReportPage.escaped(headline))</p>
            <table class="sides">\(side("Baseline", baseline))\(side("Production", production))</table>
            \(findings)
            \(picture ?? "")
            <h2>All features</h2>
            <table><tr><th>Signal<th>Feature<th>Metric<th class="n">Value<th class="n">Threshold<th class="n">Baseline<th class="n">Production<th>Verdict</tr>
            \(results.map(row).joined(separator: "\n"))
            </table>
            <p class="quiet">Baseline and production show the mean of a number, and how many pictures were compared. A threshold marked
            <i>chance</i> is the largest value that dividing these same pictures at random gave; see the decision on drift thresholds.</p>
            \(movedTable)
            \(notes.isEmpty ? "" : "<h2>Notes</h2><ul>\(notes.map { "<li>\(ReportPage.escaped($0))" }.joined())</ul>")
            """
        return ReportPage.html(title: title, style: Self.style, body: body)
    }

    /// The verdict in a sentence.
    package var headline: String {
        switch verdict {
        case .drift: "Drift: \(breached.map(Self.spoken).joined(separator: ", "))."
        case .noDrift: "No drift: \(results.count { $0.status == .ok }) comparisons are within their thresholds."
        case .tooFew:
            "Too few samples for a verdict: \(production.samples) in production, \(baseline.samples) in the baseline; at least \(minimumSamples) are needed on each side."
        }
    }

    private static func spoken(_ name: String) -> String { name.replacingOccurrences(of: "_", with: " ").replacingOccurrences(of: "/", with: " of ") }

    private func side(_ title: String, _ side: Side) -> String {
        var facts = ["\(side.samples) pictures"]
        switch side.objects {
        case .labels: facts.append("objects from labels")
        case .model: facts.append("objects from the model")
        case .none: break
        }
        if side.failedRequests > 0 { facts.append("\(side.failedRequests) failed requests") }
        if let from = side.from, let to = side.to { facts.append("\(from) to \(to)") }
        return "<tr><th>\(title)<td>\(ReportPage.escaped(side.name))<td>\(ReportPage.escaped(facts.joined(separator: ", ")))</tr>"
    }

    /// What moved, in sentences.
    private var findings: String {
        let sentences = results.filter(\.isBreached).map { result -> String in
            let (value, threshold) = (result.value.map(Self.short) ?? "", result.threshold.map(Self.short) ?? "")
            var text = "\(result.feature): \(result.metric.replacingOccurrences(of: "_", with: " ")) \(value) against a threshold of \(threshold)"
            if let before = result.baselineMean, let after = result.productionMean {
                text += "; on average \(Self.short(after)), was \(Self.short(before))"
            }
            return "<li>\(ReportPage.escaped(text))"
        }
        return sentences.isEmpty ? "" : "<ul class=\"findings\">\(sentences.joined())</ul>"
    }

    private func row(_ result: FeatureResult) -> String {
        let reason = result.thresholdReason == .sampling ? " <i>chance</i>" : ""
        let threshold = result.threshold.map { Self.short($0) + reason } ?? "–"
        func cell(_ mean: Double?, _ count: Int) -> String { (mean.map { Self.short($0) + " " } ?? "") + "<i>n = \(count)</i>" }
        let status = result.status.rawValue
        return
            "<tr class=\"\(status)\"><td>\(ReportPage.escaped(result.signal))<td>\(ReportPage.escaped(result.feature))<td>\(ReportPage.escaped(result.metric))"
            + "<td class=\"n\">\(result.value.map(Self.short) ?? "–")<td class=\"n\">\(threshold)"
            + "<td class=\"n\">\(cell(result.baselineMean, result.baselineCount))<td class=\"n\">\(cell(result.productionMean, result.productionCount))"
            + "<td><b>\(status.replacingOccurrences(of: "_", with: " "))</b></tr>"
    }

    private var movedTable: String {
        guard !movedImages.isEmpty else { return "" }
        let rows = movedImages.map { image in
            "<tr><td>\(ReportPage.escaped(image.name))<td>\(ReportPage.escaped(image.time ?? ""))<td>\(ReportPage.escaped(image.fact))<td class=\"n\">\(Self.short(image.value))"
                + "<td class=\"n\">\(Self.short(image.usual))<td class=\"n\">\(Self.short(image.deviations))</tr>"
        }
        return """
            <h2>The pictures that lie farthest from the baseline</h2>
            <table><tr><th>Request<th>Time<th>Fact<th class="n">Value<th class="n">Usual<th class="n">Standard deviations</tr>
            \(rows.joined(separator: "\n"))
            </table>
            """
    }

    private static let style = """
        .sides{margin-bottom:1rem}
        .verdict{font-size:1.15rem;font-weight:600;padding:.7rem 1rem;border-radius:8px;color:#fff;background:#6b7385}
        .verdict.drift{background:#e5342b}.verdict.no_drift{background:#1e9e55}
        tr.drift b{color:#e5342b}tr.ok b{color:#1e9e55}
        """
}
