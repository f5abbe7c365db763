import Drawing
import DriftReporting
import Foundation
import Testing

@Suite("Drift reports")
struct DriftReportTests {
    @Test("fresh photos of the same kind rarely alert, darkened ones always do", arguments: [15, 30, 100])
    func alarms(size: Int) throws {
        var false_ = 0
        for seed in 0..<20 {
            var maker = FactMaker(seed: UInt64(1000 + seed))
            let baseline = maker.table(100)
            if try DriftReport(baseline, maker.table(size)).verdict == .drift { false_ += 1 }
            guard seed < 4 else { continue }
            let dark = try DriftReport(baseline, maker.table(size, light: 0.5))
            #expect(dark.verdict == .drift)
            #expect(dark.breached.contains("data_drift/brightness"))
        }
        #expect(false_ <= 1)
    }

    @Test("the difference that chance makes is measured where samples are small")
    func noise() throws {
        var maker = FactMaker(seed: 11)
        let baseline = maker.table(12)
        var production = maker.table(12)
        // Well over half a standard deviation, yet no more than twelve photos differ from twelve others now and then.
        for index in production.rows.indices { production.rows[index].facts["brightness"] = (baseline.rows[index].facts["brightness"] ?? 0) + 0.04 }
        let result = try #require(try DriftReport(baseline, production).result("data_drift/brightness"))
        #expect(result.thresholdReason == .sampling)
        #expect((result.value ?? 0) > 0.5)
        #expect(result.status == .ok)
    }

    @Test("a small baseline beside a large window in the dark is no excuse")
    func smallBaseline() throws {
        for seed in 0..<4 {
            var maker = FactMaker(seed: UInt64(50 + seed))
            let report = try DriftReport(maker.table(12), maker.table(30, light: 0.4))
            #expect(report.result("data_drift/brightness")?.status == .drift)
        }
    }

    @Test("a class that appears is drift; a camera with more pixels is told, not judged; equal sizes rounded otherwise are nothing")
    func features() throws {
        var maker = FactMaker(seed: 12)
        let baseline = maker.table(100)
        var production = maker.table(40, classes: ["can", "carton", "milk", "dog"], source: .model)
        for index in production.rows.indices {
            production.rows[index].facts["megapixels"] = 12
            production.rows[index].facts["aspectRatio"] = 0.752
        }
        let report = try DriftReport(baseline, production)
        #expect(report.breached == ["prediction_drift/class"])
        #expect(report.result("data_drift/megapixels")?.status == .informational)
        #expect((report.result("data_drift/aspectRatio")?.value ?? 0) > 1)
        #expect(report.result("data_drift/aspectRatio")?.status == .ok)
        // Labels have no confidence to compare with.
        #expect(report.result("prediction_drift/confidence")?.status == .missing)
    }

    @Test("missing facts are a fault of quality")
    func missing() throws {
        var maker = FactMaker(seed: 13)
        var production = maker.table(40)
        for index in 0..<10 { production.rows[index].facts = [:] }
        let report = try DriftReport(maker.table(100), production)
        #expect(report.breached.contains("data_quality/brightness"))
        #expect(report.results.first { $0.metric == "null_value_rate" && $0.feature == "brightness" }?.value == 0.25)
        for index in production.rows.indices { production.rows[index].facts = [:] }
        #expect(try DriftReport(maker.table(100), production).result("data_drift/brightness")?.status == .missing)
    }

    @Test("the verdict names what it is about, and too little is not a verdict")
    func verdicts() throws {
        var maker = FactMaker(seed: 14)
        let few = try DriftReport(maker.table(100), maker.table(3, light: 0.1))
        #expect(few.verdict == .tooFew)
        #expect(few.headline.contains("3 in production"))
        #expect(few.chart.caveat != nil)
        #expect(few.chart.features.allSatisfy { !$0.isBreached })
        let table = maker.table(50)
        let same = try DriftReport(table, table)
        #expect(same.verdict == .noDrift)
        #expect(same.breached == [])
        #expect(try DriftReport(table, table) == same)
    }

    @Test("the pictures that moved most come first")
    func moved() throws {
        var maker = FactMaker(seed: 15)
        var production = maker.table(30)
        production.rows[7].facts["brightness"] = 0.02
        let moved = try DriftReport(maker.table(100), production).movedImages
        #expect(moved.first?.name == "photo-7")
        #expect(moved.first?.fact == "brightness")
        #expect((moved.first?.deviations ?? 0) > 5)
        #expect(moved.count == 12)
    }

    @Test("settings are read in the words of Azure's YAML")
    func settings() throws {
        let text = """
            {"monitoring_signals": {
              "looks": {"type": "data_drift", "features": ["brightness"], "metric_thresholds": {"numerical": {"jensen_shannon_distance": 0.9}}},
              "classes": {"type": "prediction_drift", "features": {"top_n_feature_importance": 10}, "metric_thresholds": {"chi_squared_test": 0.01}},
              "shap": {"type": "feature_attribution_drift"}}, "minimum_samples": 5}
            """
        let settings = try JSONDecoder().decode(DriftSettings.self, from: Data(text.utf8))
        #expect(try JSONDecoder().decode(DriftSettings.self, from: JSONEncoder().encode(settings)) == settings)
        var maker = FactMaker(seed: 16)
        let report = try DriftReport(maker.table(40), maker.table(6), settings)
        #expect(report.results.filter { $0.signal == "data_drift" }.map(\.metric) == ["jensen_shannon_distance"])
        #expect(report.result("prediction_drift/class")?.metric == "pearsons_chi_squared_test")
        #expect(report.result("prediction_drift/boxArea")?.metric == "normalized_wasserstein_distance")
        #expect(report.notes.contains { $0.contains("feature_attribution_drift") })
        #expect(throws: (any Error).self) {
            try JSONDecoder().decode(
                DriftSettings.self, from: Data(#"{"monitoring_signals": {"a": {"type": "data_drift", "metric_thresholds": {"odd": {"x": 1}}}}}"#.utf8))
        }
    }

    @Test("the page shows everything and lets nothing in")
    func page() throws {
        var maker = FactMaker(seed: 17)
        var production = maker.table(30, light: 0.4)
        production.rows[0].name = "<script>alert('x')</script>"
        production.rows[0].facts["brightness"] = -40
        let folder = FileManager.default.temporaryDirectory.appending(path: "drift-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let report = try DriftReport(maker.table(60), production)
        try report.write(to: folder)
        let page = try String(contentsOf: folder.appending(path: "report.html"), encoding: .utf8)
        #expect(!page.contains("<script"))
        #expect(page.contains("&lt;script&gt;"))
        #expect(page.contains("data:image/png;base64,iVBOR"))
        #expect(page.contains("Drift: data drift of brightness"))
        #expect(!page.contains("http"))
        #expect(try JSONDecoder().decode(DriftReport.self, from: Data(contentsOf: folder.appending(path: "report.json"))) == report)
    }
}
