import DatasetFormats
import DatasetQuality
import Detection
import Foundation
import Testing

@Suite("Division")
struct DivisionTests {
    private static let parts = [DatasetDivision.Part("train", 0.6), .init("val", 0.2), .init("test", 0.2)]

    /// The pictures in each part, by what they show.
    private static func contents(_ survey: DatasetSurvey, seed: UInt64) throws -> [String: Int?] {
        let division = try DatasetDivision(survey, into: parts, seed: seed)
        return Dictionary(uniqueKeysWithValues: zip(survey.images, division.assignment).map { ($0.file.content?.description ?? "", $1) })
    }

    @Test func `what goes where depends on contents and seed, not on names or order`() async throws {
        let folder = try SampleSet.folder(SampleSet.dataset(30))
        let first = try await DatasetSurvey(of: folder.path)
        let renamed = try SampleSet.folder(SampleSet.dataset(30, name: { "z\(99 - $0).png" }))
        let second = try await DatasetSurvey(of: renamed.path)
        let division = try Self.contents(first, seed: 1)
        #expect(try Self.contents(second, seed: 1) == division)
        #expect(try Self.contents(first, seed: 2) != division)
    }

    @Test func `every part gets its share of every class`() async throws {
        // Three classes: 20, 20 and 20 of 60 images.
        let folder = try SampleSet.folder(SampleSet.dataset(60, classes: ["a", "b", "c"]))
        let survey = try await DatasetSurvey(of: folder.path)
        let report = try DatasetDivision(survey, into: Self.parts, seed: 7).report
        #expect(report.parts.map(\.images) == [36, 12, 12])
        #expect(report.parts.map(\.classes) == [[12, 12, 12], [4, 4, 4], [4, 4, 4]])
    }

    @Test func `copies stay together`() async throws {
        let folder = try SampleSet.folder(SampleSet.dataset(40)) { try Photo.png($0 / 4) }
        let survey = try await DatasetSurvey(of: folder.path)
        let division = try DatasetDivision(survey, into: Self.parts, seed: 3)
        for start in stride(from: 0, to: 40, by: 4) { #expect(Set(division.assignment[start..<start + 4]).count == 1) }
        #expect(division.report.groups == 10 && division.report.largestGroup == 4)
        #expect(division.report.parts.allSatisfy { $0.images > 0 })
    }

    @Test(arguments: AllFormats.all.map { $0.name })
    func `every format takes a divided set, and each image once`(name: String) async throws {
        let folder = try SampleSet.folder(SampleSet.dataset(20)), target = try ScratchFolder()
        let survey = try await DatasetSurvey(of: folder.path)
        let format = try #require(AllFormats.named(name))
        let report = try DatasetDivision(survey, into: Self.parts, seed: 1).write(to: target.path + "/out", as: format)
        #expect(report.parts.map(\.images).reduce(0, +) == 20)
        let homes = format.abilities.contains(.splits) ? [""] : ["/train", "/val", "/test"]
        var counts: [String: Int] = [:]
        for home in homes {
            let read = try format.read(at: target.path + "/out" + home, images: nil)
            #expect(read.issues.isEmpty, "\(read.issues.prefix(2))")
            for image in read.dataset.images { counts[read.splits[image.fileName] ?? String(home.dropFirst()), default: 0] += 1 }
        }
        #expect(counts == Dictionary(uniqueKeysWithValues: report.parts.map { ($0.part, $0.images) }))
        #expect(!FileManager.default.fileExists(atPath: target.path + "/out.partial"))
    }

    @Test func `a folder that holds something is left alone`() async throws {
        let folder = try SampleSet.folder(SampleSet.dataset(4))
        let survey = try await DatasetSurvey(of: folder.path)
        let division = try DatasetDivision(survey, into: Self.parts, seed: 1)
        #expect(throws: QualityError.self) { try division.write(to: folder.path, as: COCOFormat.self) }
        #expect(throws: QualityError.self) { try DatasetDivision(survey, into: [.init("train", 1)], seed: 1) }
        #expect(throws: QualityError.self) { try DatasetDivision(survey, into: [.init("train", 1), .init("val", .nan)], seed: 1) }
    }
}
