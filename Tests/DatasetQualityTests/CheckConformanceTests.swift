import DatasetQuality
import Detection
import Foundation
import Testing

/// Every check, by being listed: it finds something in the faulty set and nothing in the sound one.
@Suite("Checks")
struct CheckConformanceTests {
    @Test func `every check finds its fault, and says what to do in a sentence`() async throws {
        let folder = try SampleSet.faulty()
        let survey = try await DatasetSurvey(of: folder.path)
        for check in AllChecks.all {
            let findings = check.findings(in: survey, settings: QualitySettings())
            #expect(!findings.isEmpty, "\(check.name)")
            for finding in findings {
                #expect(
                    finding.message.last == "." && finding.message.first?.isLowercase == false && !finding.file.isEmpty, "\(check.name): \(finding.message)")
                #expect(finding.boxes.allSatisfy { $0.isFinite })
            }
        }
        #expect(Set(AllChecks.all.map { $0.name }).count == AllChecks.all.count)
    }

    @Test func `no check finds anything in a sound set`() async throws {
        let folder = try SampleSet.folder(SampleSet.dataset(24))
        let report = QualityReport(try await DatasetSurvey(of: folder.path))
        #expect(report.outcomes.allSatisfy { $0.count == 0 }, "\(report.text())")
        #expect(report.exitCode(strict: true) == 0 && report.images == 24 && report.objects == 24)
    }

    @Test func `faults are told of where they are, once, with their box`() async throws {
        let folder = try SampleSet.faulty()
        let report = QualityReport(try await DatasetSurvey(of: folder.path))
        func files(_ check: String) -> [String] { report.outcomes.first { $0.check == check }?.findings.map(\.file) ?? [] }
        #expect(files("missing-images") == ["missing.png"])
        #expect(files("unreadable-images") == ["broken.jpg"])
        #expect(files("misnamed-images") == ["lie.jpg"])
        #expect(files("wrong-sizes") == ["sized.png"])
        #expect(files("turned-images") == ["turned.jpg"])
        #expect(files("grey-images") == ["grey.png"])
        #expect(files("transparent-images") == ["clear.png"])
        #expect(files("equal-images") == ["train/copy.png"])
        #expect(files("similar-images") == ["boxes.png"])
        #expect(files("split-leaks") == ["train/copy.png"])
        #expect(files("repeated-boxes") == ["boxes.png"])
        let boxes = try #require(report.outcomes.first { $0.check == "faulty-boxes" }).findings
        #expect(boxes.map(\.severity) == [.error, .error, .warning] && boxes.allSatisfy { $0.images == ["boxes.png"] })
        #expect(boxes.first?.boxes == [BoundingBox(x: 500, y: 10, width: 30, height: 30)])
        #expect(report.outcomes.first { $0.check == "unknown-classes" }?.errors == 1)
        #expect(report.exitCode(strict: false) == 1)
    }

    @Test func `warnings alone change the exit code only when they are to`() async throws {
        let dataset = SampleSet.dataset(24)
        let folder = try SampleSet.folder(dataset) { try Photo.png($0 == 5 ? 4 : $0) }
        let report = QualityReport(try await DatasetSurvey(of: folder.path))
        #expect(report.warnings == 1 && report.errors == 0 && report.exitCode(strict: false) == 0 && report.exitCode(strict: true) == 1)
    }

    @Test func `an image that YOLO cannot do without is told of although its label is lost`() async throws {
        let folder = try ScratchFolder()
        try folder.write(Array("not a picture at all, only bytes \u{1}".utf8), to: "images/a.jpg")
        try folder.write(try Photo.png(1), to: "images/b.png")
        for name in ["a", "b"] { try folder.write(Array("0 0.5 0.5 0.2 0.2\n".utf8), to: "labels/\(name).txt") }
        try folder.write(Array("names: [cup]\n".utf8), to: "data.yaml")
        let report = QualityReport(try await DatasetSurvey(of: folder.path))
        let misnamed = try #require(report.outcomes.first { $0.check == "misnamed-images" })
        #expect(misnamed.findings.map(\.file) == ["a.jpg"])
    }

    @Test func `the page stands alone, shows pictures and lets no name become markup`() async throws {
        let folder = try SampleSet.faulty()
        let survey = try await DatasetSurvey(of: folder.path)
        let report = QualityReport(survey)
        let page = try await QualityPage(report, of: survey).html
        #expect(page.contains("data:image/jpeg;base64,") && page.contains("faulty-boxes"))
        #expect(!page.contains("<never>") && page.contains("&lt;never&gt;"))
        #expect(!page.contains("src=\"http") && !page.contains("<link") && !page.contains("<script"))
        #expect(try JSONDecoder().decode(QualityReport.self, from: JSONEncoder().encode(report)) == report)
    }
}
