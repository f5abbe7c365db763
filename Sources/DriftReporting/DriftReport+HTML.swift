package import Foundation

extension DriftReport {
    /// The report as one page that needs nothing else.
    /// - Parameter chart: the PNG of `chart`; `nil` leaves it out.
    package func html(chart: Data?) -> String {
        let picture = chart.map {
            #"<img alt="How each feature is spread in the baseline and in production" src="data:image/png;base64,\#($0.base64EncodedString())">"#
        }
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Self.escaped(title))</title><style>\(Self.style)</style></head><body>
            <h1>\(Self.escaped(title))</h1>
            <p class="verdict \(verdict.rawValue)">\(Self.escaped(headline))</p>
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
            \(notes.isEmpty ? "" : "<h2>Notes</h2><ul>\(notes.map { "<li>\(Self.escaped($0))" }.joined())</ul>")
            </body></html>

            """
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
        return "<tr><th>\(title)<td>\(Self.escaped(side.name))<td>\(Self.escaped(facts.joined(separator: ", ")))</tr>"
    }

    /// What moved, in sentences.
    private var findings: String {
        let sentences = results.filter(\.isBreached).map { result -> String in
            let (value, threshold) = (result.value.map(Self.short) ?? "", result.threshold.map(Self.short) ?? "")
            var text = "\(result.feature): \(result.metric.replacingOccurrences(of: "_", with: " ")) \(value) against a threshold of \(threshold)"
            if let before = result.baselineMean, let after = result.productionMean {
                text += "; on average \(Self.short(after)), was \(Self.short(before))"
            }
            return "<li>\(Self.escaped(text))"
        }
        return sentences.isEmpty ? "" : "<ul class=\"findings\">\(sentences.joined())</ul>"
    }

    private func row(_ result: FeatureResult) -> String {
        let reason = result.thresholdReason == .sampling ? " <i>chance</i>" : ""
        let threshold = result.threshold.map { Self.short($0) + reason } ?? "–"
        func cell(_ mean: Double?, _ count: Int) -> String { (mean.map { Self.short($0) + " " } ?? "") + "<i>n = \(count)</i>" }
        let status = result.status.rawValue
        return "<tr class=\"\(status)\"><td>\(Self.escaped(result.signal))<td>\(Self.escaped(result.feature))<td>\(Self.escaped(result.metric))"
            + "<td class=\"n\">\(result.value.map(Self.short) ?? "–")<td class=\"n\">\(threshold)"
            + "<td class=\"n\">\(cell(result.baselineMean, result.baselineCount))<td class=\"n\">\(cell(result.productionMean, result.productionCount))"
            + "<td><b>\(status.replacingOccurrences(of: "_", with: " "))</b></tr>"
    }

    private var movedTable: String {
        guard !movedImages.isEmpty else { return "" }
        let rows = movedImages.map { image in
            "<tr><td>\(Self.escaped(image.name))<td>\(Self.escaped(image.time ?? ""))<td>\(Self.escaped(image.fact))<td class=\"n\">\(Self.short(image.value))"
                + "<td class=\"n\">\(Self.short(image.usual))<td class=\"n\">\(Self.short(image.deviations))</tr>"
        }
        return """
            <h2>The pictures that lie farthest from the baseline</h2>
            <table><tr><th>Request<th>Time<th>Fact<th class="n">Value<th class="n">Usual<th class="n">Standard deviations</tr>
            \(rows.joined(separator: "\n"))
            </table>
            """
    }

    /// Names come from files and requests: nothing of them may become markup.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    private static let style = """
        body{font:15px/1.5 system-ui,sans-serif;color:#1d2330;background:#f6f7f9;margin:2rem auto;max-width:1080px;padding:0 1rem}
        h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}img{max-width:100%;border-radius:8px}
        table{border-collapse:collapse;background:#fff;border-radius:8px;width:100%;font-size:13.5px}
        th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #e6e9ef;overflow-wrap:anywhere}.n{text-align:right}
        .sides{margin-bottom:1rem}i,.quiet{color:#6b7385;font-style:normal}
        .verdict{font-size:1.15rem;font-weight:600;padding:.7rem 1rem;border-radius:8px;color:#fff;background:#6b7385}
        .verdict.drift{background:#e5342b}.verdict.no_drift{background:#1e9e55}
        tr.drift b{color:#e5342b}tr.ok b{color:#1e9e55}
        """
}
