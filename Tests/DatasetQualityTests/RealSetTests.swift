import DatasetQuality
import Foundation
import Testing

/// Real sets in `../shared/data`; skipped where it is absent. Every finding here was looked at by a person.
@Suite("Real sets", .enabled(if: shared("bccd") != nil))
struct RealSetTests {
    @Test func `the blood cells have two slipped clicks and one field of view in both splits`() async throws {
        let survey = try await DatasetSurvey(of: try #require(shared("bccd")))
        let report = QualityReport(survey)
        func files(_ check: String) -> [String] { report.outcomes.first { $0.check == check }?.findings.map(\.file) ?? [] }
        #expect(report.images == 292 && report.objects == 3943 && report.errors == 0)
        // xmin = xmax and ymin = ymax in the files.
        #expect(files("faulty-boxes") == ["BloodImage_00338.jpg", "BloodImage_00343.jpg"])
        // The same cells photographed twice, out of focus the second time: one for training, one for validation.
        #expect(files("similar-images") == ["BloodImage_00037.jpg"])
        let leak = try #require(report.outcomes.first { $0.check == "split-leaks" }?.findings)
        #expect(leak.map(\.images) == [["BloodImage_00037.jpg", "BloodImage_00038.jpg"]])
        #expect(report.warnings == 3 && report.exitCode(strict: false) == 0 && report.exitCode(strict: true) == 1)

        let division = try DatasetDivision(survey, into: [.init("train", 0.7), .init("val", 0.3)], seed: 0)
        let twins = survey.images.indices.filter { ["BloodImage_00037.jpg", "BloodImage_00038.jpg"].contains(survey.images[$0].name) }
        #expect(twins.count == 2 && Set(twins.map { division.assignment[$0] }).count == 1)
        // 302 of 3943 objects are white cells: a blind division would miss their share by more.
        let white = try #require(survey.categories.firstIndex(of: "WBC"))
        let counts = division.report.parts.map { Double($0.classes[white]) }
        #expect(abs(counts[0] / (counts[0] + counts[1]) - 0.7) < 0.03)
    }

    @Test func `the fruit has too few apples, and nothing else`() async throws {
        let report = QualityReport(try await DatasetSurvey(of: try #require(shared("produce"))))
        #expect(report.outcomes.filter { $0.count > 0 }.map(\.check) == ["class-skew"])
        #expect(report.outcomes.flatMap(\.findings).map(\.message) == ["The class apple has 9 objects, too few to learn it. Label at least 10."])
    }

    @Test func `the fridge is sound, and the same in its three forms`() async throws {
        let path = try #require(shared("odfridge"))
        let first = try await DatasetSurvey(of: path, format: "coco", depth: .bytes)
        #expect(QualityReport(try await DatasetSurvey(of: path)).outcomes.allSatisfy { $0.count == 0 })
        let yolo = DatasetDifference(from: first, to: try await DatasetSurvey(of: path, format: "yolo", depth: .bytes))
        #expect(yolo.isEmpty && yolo.boxes.unchanged == 252, "\(yolo.text())")
        // Its VOC files hold plain edges, which by the format's definition are read a pixel larger to the left and to the top.
        let voc = DatasetDifference(from: first, to: try await DatasetSurvey(of: path, format: "voc", depth: .bytes))
        #expect(voc.boxes.moved == 252 && voc.boxes.added == 0 && voc.boxes.removed == 0 && voc.added.isEmpty)
    }
}
